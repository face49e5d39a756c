import autocannon from 'autocannon';
import { asked, say } from '../harness/program.js';
import { BATCHES_PER_SITE, batchId, siteId, SITES } from './labelling-sites.js';

const spec = asked<{ url: string; key: string; connections: number; seconds: number; warmUpSeconds: number }>();

let requests = 0;

const warm = await run(spec.warmUpSeconds);
const result = await run(spec.seconds);
if (warm.non2xx + result.non2xx + warm.errors + result.errors > 0)
  throw new Error('not every request was answered 201');
say({ perSecond: result['2xx'] / result.duration, recorded: warm['2xx'] + result['2xx'] });

/** Each request puts another label on; the sites take turns. */
async function run(duration: number): Promise<autocannon.Result> {
  return autocannon({
    url: spec.url,
    connections: spec.connections,
    duration,
    requests: [{ method: 'POST', setupRequest: (request) => ({ ...request, ...labelRequest(requests++) }) }],
  });
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
