// Loaded into the server by NODE_OPTIONS: makes threads other than the main one fail, as often as ENDING_FOLLOWERS says.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const { ENDED_FOLLOWERS: file, ENDING_FOLLOWERS: times } = process.env;
const ended = existsSync(file) ? readFileSync(file, 'utf8').length : 0;
if (!isMainThread && ended < Number(times)) {
  setTimeout(() => {
    appendFileSync(file, '.');
    throw new Error('the thread dies here');
  }, 200);
}
