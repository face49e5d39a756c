import fc from 'fast-check';
import { startEventStoreDbDouble } from '../../eventstoredb-double/index.js';
import { Client, type Answer } from '../harness/client.js';
import { LedgerProcess } from '../harness/ledger-process.js';
import { promise, type EnduranceProgram, type Figures, type Setting } from '../harness/program.js';
import { CustodyModel, type Act } from './custody-model.js';

/** Acts that are sent at the same moment, by as many actors. */
const ACTORS = 12;
const WAVES = 8;
/** How often an ambiguous or repeated command is sent again before it counts as never answered. */
const MOST_TRIES = 20;

export const model: EnduranceProgram = {
  name: 'model',
  tries: 'many actors race for the same batches, shipments and ids, through crashes and retries: a simple model agrees',
  round: `run of ${WAVES} waves of ${ACTORS} racing commands, on SQLite and on the double of EventStoreDB in turn`,
  rounds: { short: 2, long: 60 },
  run: (setting) => race(setting),
};

interface Wave {
  readonly acts: readonly Act[];
  /** Kill the server during the wave. */
  readonly crash: boolean;
  /** Send each command twice at once. */
  readonly twice: boolean;
}

async function race(setting: Setting): Promise<Figures> {
  let commands = 0;
  let accepted = 0;
  let crashes = 0;
  let round = 0;
  const property = fc.asyncProperty(fc.array(waveOf(), { minLength: WAVES, maxLength: WAVES }), async (waves) => {
    const outcome = await play(setting, waves, round++ % 2 === 1);
    commands += outcome.commands;
    accepted += outcome.accepted;
    crashes += outcome.crashes;
    setting.note(
      `run ${round}: ${outcome.commands} commands, ${outcome.accepted} accepted, ${outcome.crashes} crashes`,
    );
  });
  await fc.assert(property, { numRuns: setting.rounds, seed: setting.seed, endOnFailure: true });
  promise(accepted > 0, () => 'no command was accepted: nothing was tried');
  return { runs: setting.rounds, commands, accepted, crashes, disagreements: 0 };
}

function waveOf(): fc.Arbitrary<Wave> {
  const site = fc.constantFrom('model-a', 'model-b', 'model-c');
  const batch = fc.integer({ min: 0, max: 5 }).map((number) => `batch-${number}`);
  const act: fc.Arbitrary<Act> = fc.oneof(
    fc.record({ kind: fc.constant('register' as const), site, batch }),
    fc.record({ kind: fc.constant('consume' as const), site, batch, grams: fc.integer({ min: 1, max: 60 }) }),
    fc.record({
      kind: fc.constant('split' as const),
      site,
      batch,
      part: batch,
      grams: fc.integer({ min: 1, max: 60 }),
    }),
    fc.record({ kind: fc.constant('dispatch' as const), site, batch, shipment: batch, to: site }),
    fc.record({
      kind: fc.constant('receive' as const),
      site,
      batch,
      shipment: batch,
      grams: fc.integer({ min: 1, max: 100 }),
    }),
    fc.record({ kind: fc.constant('transform' as const), site, batch, made: batch, transformation: batch }),
  );
  return fc.record({
    acts: fc.array(act, { minLength: ACTORS, maxLength: ACTORS }),
    crash: fc.nat(5).map((chance) => chance === 0),
    twice: fc.boolean(),
  });
}

async function play(
  setting: Setting,
  waves: readonly Wave[],
  distributed: boolean,
): Promise<{ commands: number; accepted: number; crashes: number }> {
  const data = await setting.folder();
  const double = distributed ? await startEventStoreDbDouble() : undefined;
  const variables: Record<string, string> = double ? { LODEBOOK_EVENTSTORE_URL: double.url } : {};
  let server = await LedgerProcess.start(data, variables);
  const counts = { commands: 0, accepted: 0, crashes: 0 };
  const custody = new CustodyModel();
  try {
    await custody.open(new Client(server.url, server.key));
    for (const [number, { acts, crash, twice }] of waves.entries()) {
      const keyed = acts.map((act, actor) => ({ act, key: `w${number}-a${actor}` }));
      const sending = keyed
        .flatMap((each) => (twice ? [each, each] : [each]))
        .map(({ act, key }) => custody.send(new Client(server.url, server.key), act, key).catch(() => undefined));
      if (crash) {
        await Promise.race(sending);
        await server.stop('SIGKILL');
        counts.crashes++;
      }
      const firsts = await Promise.all(sending);
      if (crash) server = await LedgerProcess.start(data, variables);
      const client = new Client(server.url, server.key);
      const answers = await Promise.all(keyed.map(({ act, key }) => settled(custody, client, act, key)));
      answers.forEach((answer, index) => {
        agree(answer, twice ? firsts.slice(2 * index, 2 * index + 2) : [firsts[index]]);
        counts.commands++;
        if (answer.status === 201) counts.accepted++;
      });
      custody.take(keyed.map(({ act }, index) => ({ act, answer: answers[index]! })));
      await custody.compare(client);
    }
  } finally {
    await server.stop();
    await double?.stop();
  }
  return counts;
}

/** The final outcome of a command: it is sent again under its key until it is known whether it was recorded. */
async function settled(custody: CustodyModel, client: Client, act: Act, key: string): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    const answer = await custody.send(client, act, key);
    promise(
      answer.status < 500 || answer.status === 503,
      () => `answered ${answer.status}: ${JSON.stringify(answer.body)}`,
    );
    if (answer.status !== 503 || tries === MOST_TRIES) return answer;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** A command that was once answered 201 is always answered with the same events. */
function agree(last: Answer, earlier: readonly (Answer | undefined)[]): void {
  for (const answer of earlier) {
    if (answer?.status !== 201) continue;
    promise(
      last.status === 201 && JSON.stringify(last.body) === JSON.stringify(answer.body),
      () => `acknowledged as ${JSON.stringify(answer.body)}, and then ${last.status} ${JSON.stringify(last.body)}`,
    );
  }
}
