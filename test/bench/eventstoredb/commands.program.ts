import autocannon from 'autocannon';
import { asked, say } from '../harness/program.js';
import { siteId, SITES } from '../http/labelling-sites.js';
import { registration } from './registering.js';

/** Sends commands over this many connections, each registering a new batch, to the sites in turn. */
const spec = asked<{ url: string; key: string; connections: number; name: string; commands: number }>();

let sent = 0;
const began = performance.now();
const result = await autocannon({
  url: spec.url,
  connections: spec.connections,
  amount: spec.commands,
  timeout: 60,
  requests: [
    {
      method: 'POST',
      setupRequest: (request) => {
        const number = sent++;
        return {
          ...request,
          path: `/v1/sites/${siteId(number % SITES)}/batches`,
          headers: { authorization: `Bearer ${spec.key}`, 'content-type': 'application/json' },
          body: JSON.stringify(registration(`${spec.name}-${number}`).body),
        };
      },
    },
  ],
});
const seconds = (performance.now() - began) / 1000;
if (result['2xx'] !== spec.commands) throw new Error(`${result.non2xx} refused, ${result.errors} failed`);
say({ perSecond: spec.commands / seconds });
