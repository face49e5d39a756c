import { asked, say } from '../harness/program.js';
import { timedLoad } from '../harness/timed-load.js';
import { siteId, SITES } from '../http/labelling-sites.js';
import { registration } from './registering.js';

/** Sends commands over this many connections, each registering a new batch, to the sites in turn. */
const spec = asked<{ url: string; key: string; connections: number; name: string; commands: number }>();

let sent = 0;
const { result, seconds } = await timedLoad({
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
if (result['2xx'] !== spec.commands) throw new Error(`${result.non2xx} refused, ${result.errors} failed`);
say({ perSecond: spec.commands / seconds });
