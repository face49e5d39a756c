import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { inclusionProof } from '#transparency';
import { EventStoreError, openRecords } from '#event-store';
import { joinViews } from '#read-model';
import { LedgerClock } from '#recording';
import { TreeFile, DisclosureStore } from '#audit';
import { PROGRAMMES_FOLDER, ProgrammeLibrary } from '#programmes';
import { DisclosureReader } from '../disclosures/disclosures.js';
import { problemOf } from '../problem/problem.filter.js';
import { type FromReader, type ReadFailure, type ReadingOrder, type ToReader } from './messages.js';
import { ReadingDesk } from './reading-desk.js';

/** When processors are scarce, commands come first, and callers that wait for an answer come before the follower. */
const PRIORITY = 5;
if (process.platform === 'linux') setPriority(PRIORITY);

/** Chunks are gathered to so many bytes, so that a message carries more than a line. */
const CHUNK_BYTES = 65_536;

/** A read in progress: chunks are sent as room is made for them. */
interface Pace {
  readonly dropped: AbortController;
  room: number;
  wake: () => void;
}

const port = parentPort!;
const { eventStoreUrl, dataFolder } = workerData as ReadingOrder;
const clock = new LedgerClock();
const records = openRecords(eventStoreUrl, dataFolder);
const store = DisclosureStore.openReadOnly(dataFolder, (value) => post({ kind: 'mismatched', value }));
const tree = TreeFile.openReadOnly(dataFolder);
if (!tree) throw new Error('the tree cannot be read');
const leaf = (index: bigint): Uint8Array | undefined => tree.get(0, index);
const views = joinViews({ dataFolder, records, leaf: (logIndex) => leaf(BigInt(logIndex)) });
const desk = new ReadingDesk({
  views,
  tree: {
    inclusionProof: (index, size) => inclusionProof(index, size, tree),
    leaf,
  },
  disclosures: new DisclosureReader(store, clock),
  programmes: ProgrammeLibrary.load(PROGRAMMES_FOLDER),
  clock,
});
const underWay = new Map<number, Pace>();

port.on('message', (message: ToReader) => {
  switch (message.kind) {
    case 'read':
      clock.notBefore(message.now);
      void perform(message);
      return;
    case 'pull': {
      const pace = underWay.get(message.id);
      if (!pace) return;
      pace.room++;
      pace.wake();
      return;
    }
    case 'drop': {
      const pace = underWay.get(message.id);
      pace?.dropped.abort();
      pace?.wake();
      return;
    }
    case 'stop':
      void stop();
  }
});

async function perform({ id, read }: ToReader & { kind: 'read' }): Promise<void> {
  const pace: Pace = { dropped: new AbortController(), room: 0, wake: () => undefined };
  const { signal } = pace.dropped;
  underWay.set(id, pace);
  try {
    const chunks = await desk.perform(read, signal);
    post({ kind: 'began', id });
    for await (const bytes of gathered(chunks)) {
      while (pace.room === 0 && !signal.aborted) await new Promise<void>((resolve) => (pace.wake = resolve));
      signal.throwIfAborted();
      pace.room--;
      post({ kind: 'chunk', id, bytes }, [bytes.buffer]);
    }
    post({ kind: 'ended', id });
  } catch (error) {
    post({ kind: 'failed', id, failure: failureOf(error) });
  } finally {
    underWay.delete(id);
  }
}

/** The same bytes in chunks of about {@link CHUNK_BYTES}, each with a buffer of its own. */
async function* gathered(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    bytes += chunk.length;
    if (bytes < CHUNK_BYTES) continue;
    yield joined(held, bytes);
    held = [];
    bytes = 0;
  }
  if (bytes > 0) yield joined(held, bytes);
}

function joined(chunks: readonly Uint8Array[], bytes: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(bytes); // not a Buffer, which may lie in a shared pool
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function failureOf(error: unknown): ReadFailure {
  const problem = problemOf(error);
  if (problem.status !== 500) {
    const { code, detail, errors, retryAfterSeconds, status } = problem;
    const because = error instanceof EventStoreError ? error.message : undefined;
    return { problem: { code, detail, errors, retryAfterSeconds, status, because } };
  }
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { error: { name, message, stack } };
}

function post(message: FromReader, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

async function stop(): Promise<void> {
  for (const { dropped, wake } of underWay.values()) {
    dropped.abort();
    wake();
  }
  await views.close();
  records?.close();
  tree?.close();
  store.close();
  process.exit(); // of this thread
}
