import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { AlteredLogError, readThroughBeside } from '#audit';
import { type FromReadThrough, type ReadThroughOrder } from './read-through-thread.js';

/**
 * Commands and the read model come first when processors are scarce; nothing is signed until this thread has finished.
 */
const PRIORITY = 10;
if (process.platform === 'linux') setPriority(PRIORITY);

const port = parentPort!;
let isClosing = false;
port.on('message', () => (isClosing = true));
const { place, reading } = workerData as ReadThroughOrder;

async function answer(): Promise<FromReadThrough> {
  try {
    return { holds: await readThroughBeside(place, reading, () => isClosing) };
  } catch (error) {
    if (!(error instanceof AlteredLogError)) throw error;
    return { finding: error.finding, logIndex: error.logIndex };
  }
}

port.postMessage(await answer());
port.close(); // nothing else keeps the thread
