import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { type FromIndexMaker } from './index-maker.js';
import { markingDamage } from './sqlite-file.js';

/** The main thread only watches, so that this process ends at once with the one that asked for it. */
if (isMainThread) watch();
else make();

function watch(): void {
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  const say = (message: FromIndexMaker, said = (): void => undefined): void => void process.send!(message, said);
  const worker = new Worker(new URL(import.meta.url), { argv: process.argv.slice(2) });
  worker.on('message', () => say({ made: true }));
  worker.once('error', (error) => say({ failure: error.message }, () => process.exit(1)));
  worker.once('exit', (code) => code === 0 && process.exit(0));
}

function make(): void {
  const [file, ...statements] = process.argv.slice(2) as [string, ...string[]];
  const database = new Database(file, { timeout: 0 });
  database.pragma('synchronous = NORMAL');
  // Rows are sorted in so much memory at a time, and otherwise in files.
  database.pragma('cache_size = -65536');
  database.pragma('temp_store = FILE');
  for (const statement of statements) {
    markingDamage(file, () => database.exec(statement));
    database.pragma('wal_checkpoint(TRUNCATE)');
    parentPort!.postMessage('made');
  }
  database.close();
}
