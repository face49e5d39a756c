import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';

/** Does not wait for readers: what they still need is copied the next time. */
const database = new Database(workerData as string, { timeout: 0 });

parentPort!.on('message', () => {
  database.pragma('wal_checkpoint(TRUNCATE)');
  parentPort!.postMessage('copied');
});
