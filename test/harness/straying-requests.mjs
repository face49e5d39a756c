// Loaded into the server by NODE_OPTIONS: a request throws where nothing catches it, in the way its header X-Stray names.
import { channel } from 'node:diagnostics_channel';
import { isMainThread } from 'node:worker_threads';

const stray = () => {
  throw new Error('a stray exception');
};
const WAYS = {
  timer: () => setTimeout(stray, 20),
  immediate: () => setImmediate(stray),
  tick: () => process.nextTick(stray),
  rejection: () => void Promise.resolve().then(stray),
  'rejection-later': () => void new Promise((resolve) => setTimeout(resolve, 20)).then(stray),
  many: () => [1, 2, 3].forEach(() => setImmediate(stray)),
};
// The interval starts before any request, so that what it throws belongs to none.
let outside = false;
if (isMainThread) {
  setInterval(() => outside && ((outside = false), stray()), 20).unref();
  channel('tracing:fastify.request.handler:start').subscribe(({ request }) => {
    const way = request.headers['x-stray'];
    if (way === 'outside') outside = true;
    else WAYS[way]?.();
  });
}
