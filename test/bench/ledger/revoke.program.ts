import { sql } from 'kysely';
import { OPERATOR } from '#access';
import { commandLineOf, openDesk, type Ledger } from '../../../apps/server/src/index.js';
import { fanSiteId } from '../../../apps/cli/src/bench/generate/fan.js';
import { asked, say } from '../harness/program.js';
import { median } from '../harness/side-by-side.js';
import { openSettledLedger, PATIENCE_MS } from './open-ledger.js';

const DAY_MS = 86_400_000;
const PROGRAMME = 'us-japan-cma-2023@1';

/**
 * Revokes the attestation of each site again and again, each time from an earlier day, so that every batch is judged
 * anew: in the ledgers in turn, so that other activity on the machine affects them alike.
 */
const spec = asked<{ folders: string[]; fans: number[]; rounds: number; inRound: number; warmUps: number }>();
const opened: { ledger: Ledger; desk: Awaited<ReturnType<typeof openDesk>> }[] = [];
for (const folder of spec.folders) {
  const ledger = await openSettledLedger(folder);
  opened.push({ ledger, desk: await openDesk(ledger) });
}
const milliseconds = opened.map(() => spec.fans.map((): number[] => []));
let day = spec.warmUps + spec.rounds * spec.inRound;
for (let time = 0; time < spec.warmUps; time++) await revokeEach();
for (let round = 0; round < spec.rounds; round++) {
  const times: number[][][] = [];
  for (let time = 0; time < spec.inRound; time++) times.push(await revokeEach());
  milliseconds.forEach((ofLedger, ledger) =>
    ofLedger.forEach((ofFan, fan) => ofFan.push(median(times.map((each) => each[ledger]![fan]!)))),
  );
}
for (const { ledger, desk } of opened) {
  await desk.close();
  await ledger.close();
}
say({ milliseconds });

/** Once at each site of each ledger. @returns milliseconds by ledger and site */
async function revokeEach(): Promise<number[][]> {
  day--;
  const times = opened.map((): number[] => []);
  for (const [fan, batches] of spec.fans.entries())
    for (const [index, each] of opened.entries()) times[index]![fan] = await revoke(each, batches);
  return times;
}

/** @returns milliseconds from the command to the last new verdict */
async function revoke({ ledger, desk: { desk } }: (typeof opened)[number], batches: number): Promise<number> {
  const { store, verdicts, views } = ledger;
  const attestation = `${fanSiteId(batches)}-attestation`;
  const from = new Date(Date.parse(await validFrom(ledger, attestation)) + day * DAY_MS).toISOString();
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

async function validFrom({ store }: Ledger, attestation: string): Promise<string> {
  for await (const event of store.readStream(`attestation-${attestation}`, { limit: 1 })) {
    return event.data['validFrom'] as string;
  }
  throw new Error(`there is no attestation ${attestation}`);
}
