import { sql } from 'kysely';
import { OPERATOR } from '#access';
import { commandLineOf, openDesk, type Ledger } from '../../../apps/server/src/index.js';
import { fanSiteId } from '../../../apps/cli/src/bench/generate/fan.js';
import { asked, say } from '../harness/program.js';
import { openSettledLedger, PATIENCE_MS } from './open-ledger.js';

const DAY_MS = 86_400_000;
const PROGRAMME = 'us-japan-cma-2023@1';

/**
 * Revokes the attestation of each site again and again, each time from an earlier day, so that every batch is judged
 * anew.
 */
const spec = asked<{ folder: string; fans: number[]; rounds: number }>();
const ledger = await openSettledLedger(spec.folder);
const { desk, close } = await openDesk(ledger);
const milliseconds: number[][] = spec.fans.map(() => []);
for (let round = 0; round <= spec.rounds; round++) {
  for (const [index, batches] of spec.fans.entries()) {
    const elapsed = await revoke(ledger, batches, spec.rounds - round);
    if (round > 0) milliseconds[index]!.push(elapsed); // the first warms up
  }
}
await close();
await ledger.close();
say({ milliseconds });

/** @returns milliseconds from the command to the last new verdict */
async function revoke({ store, verdicts, views }: Ledger, batches: number, day: number): Promise<number> {
  const attestation = `${fanSiteId(batches)}-attestation`;
  const from = new Date(Date.parse(await validFrom(attestation)) + day * DAY_MS).toISOString();
  const began = performance.now();
  const line = commandLineOf({ command: 'revocations', attestation, body: { from, reason: 'documents were forged' } });
  const { recorded } = await desk.submit({ ...line, principal: OPERATOR });
  await recorded;
  if (!(await verdicts.waitFor((await store.head())!, PATIENCE_MS))) throw new Error('the verdicts do not come');
  const elapsed = performance.now() - began;
  const { rows } = await sql<{ broken: number }>`
    select count(*) as broken from verdicts_v${sql.raw(String(views.version))}
    where programme = ${PROGRAMME} and verdict = 'broken' and batch_id like ${`${fanSiteId(batches)}-%`}`.execute(
    views.db,
  );
  if (rows[0]?.broken !== batches) throw new Error(`${rows[0]?.broken} of ${batches} batches turned broken`);
  return elapsed;
}

async function validFrom(attestation: string): Promise<string> {
  for await (const event of ledger.store.readStream(`attestation-${attestation}`, { limit: 1 })) {
    return event.data['validFrom'] as string;
  }
  throw new Error(`there is no attestation ${attestation}`);
}
