import { asked, say } from '../harness/program.js';
import { timedLoad } from '../harness/timed-load.js';
import { BATCHES_PER_SITE, batchId, siteId, SITES } from './labelling-sites.js';

const spec = asked<{ url: string; key: string; connections: number; requests: number; warmUpRequests: number }>();

let sent = 0;

await run(spec.warmUpRequests);
say({ perSecond: spec.requests / (await run(spec.requests)) });

/**
 * Sends this many requests and waits for every answer, so that none is in progress when it ends. Each records another
 * label; the sites take turns.
 * @returns seconds
 * @throws Error unless each is answered 2xx
 */
async function run(amount: number): Promise<number> {
  const { result, seconds } = await timedLoad({
    url: spec.url,
    connections: spec.connections,
    amount,
    // A shared machine may take longer than autocannon's ten seconds, which would be slow but not a failure.
    timeout: 60,
    requests: [{ method: 'POST', setupRequest: (request) => ({ ...request, ...labelRequest(sent++) }) }],
  });
  const { errors, timeouts, non2xx } = result;
  if (result['2xx'] !== amount)
    throw new Error(
      `of ${amount} requests ${non2xx} were refused, ${errors} failed, ${timeouts} of them by a time-out`,
    );
  return seconds;
}

function labelRequest(number: number): { path: string; headers: Record<string, string>; body: string } {
  const site = number % SITES;
  const batch = Math.floor(number / SITES) % BATCHES_PER_SITE;
  return {
    path: `/v1/sites/${siteId(site)}/labels`,
    headers: { authorization: `Bearer ${spec.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      batchId: batchId(site, batch),
      labelId: `label-${number}`,
      standard: 'gs1-digital-link',
      carrier: 'qr',
      value: `https://id.example/01/label-${number}`,
    }),
  };
}
