import { OPERATOR } from '#access';
import { commandLineOf, openDesk, type CommandDesk, type Ledger } from '../../../apps/server/src/index.js';
import { busySiteId, lastingBatch } from '../../../apps/cli/src/bench/generate/busy-site.js';
import { asked, say } from '../harness/program.js';
import { median } from '../harness/side-by-side.js';
import { openSettledLedger } from './open-ledger.js';

/**
 * Sends a command to each site in turn with a cold cache; a third site comes first, so that only the account is cold. The
 * value of a round is the median of so many visits.
 */
const spec = asked<{ folder: string; sites: number[]; warmUpSite: number; rounds: number; inRound: number }>();

const ledger = await openSettledLedger(spec.folder);
let labels = 0;
// As after real use: a site that has been worked on has left a snapshot.
for (const site of [spec.warmUpSite, ...spec.sites]) await visit(ledger, site);
const milliseconds: number[][] = spec.sites.map(() => []);
for (let round = 0; round < spec.rounds; round++) {
  const visits: number[][] = spec.sites.map(() => []);
  for (let time = 0; time < spec.inRound; time++) {
    for (const [index, site] of spec.sites.entries()) visits[index]!.push(await visit(ledger, site));
  }
  visits.forEach((times, index) => milliseconds[index]!.push(median(times)));
}
await ledger.close();
say({ milliseconds });

/** @returns milliseconds from the command to its event on disk, with nothing in memory of the site */
async function visit(opened: Ledger, site: number): Promise<number> {
  const { desk, close } = await openDesk(opened);
  await label(desk, spec.warmUpSite);
  const began = performance.now();
  await label(desk, site);
  const elapsed = performance.now() - began;
  await close();
  return elapsed;
}

async function label(desk: CommandDesk, site: number): Promise<void> {
  const labelId = `label-${labels++}`;
  const body = {
    batchId: lastingBatch(site),
    labelId,
    standard: 'gs1-digital-link',
    carrier: 'qr',
    value: `https://id.example/01/${labelId}`,
  };
  const line = commandLineOf({ command: 'labels', site: busySiteId(site), body });
  const { recorded } = await desk.submit({ ...line, principal: OPERATOR });
  await recorded;
}
