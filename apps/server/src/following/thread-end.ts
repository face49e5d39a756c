import { once } from 'node:events';
import { type Worker } from 'node:worker_threads';

/** Asks a thread to end, and terminates it, whatever it is doing, if that takes longer than this many milliseconds. */
export async function endedOf(worker: Worker, ask: () => void, longestMs: number): Promise<void> {
  const ended = once(worker, 'exit');
  const patience = setTimeout(() => void worker.terminate(), longestMs);
  ask();
  await ended;
  clearTimeout(patience);
}
