import { openHiddenChain, SECRET } from '../../harness/hidden-chain.js';
import { Client } from '../harness/client.js';
import { LedgerProcess } from '../harness/ledger-process.js';
import { promise, type EnduranceProgram, type Figures, type Setting } from '../harness/program.js';
import { rankDeviation } from './rank-test.js';

/** By chance one question in 500 million deviates so far, in either direction. */
const MOST_DEVIATIONS = 6;
/** As long as the secret. */
const ABSENT = 'absent';

const PATHS: readonly string[] = [
  `/v1/batches/${SECRET}-ore`,
  `/v1/batches/${SECRET}-ore/history`,
  `/v1/batches/${SECRET}-ore/provenance`,
  `/v1/batches/${SECRET}-ore/evidence`,
  `/v1/sites/${SECRET}-pit`,
  `/v1/sites/${SECRET}-pit/holdings`,
  `/v1/organisations/${SECRET}-mining`,
];

export const timing: EnduranceProgram = {
  name: 'timing',
  tries:
    'what one may not know of and what is not there are asked for in turn: the times of the answers have the same ranks',
  round: 'question about each, of every kind',
  rounds: { short: 60, long: 2_000 },
  run: (setting) => compare(setting),
};

async function compare(setting: Setting): Promise<Figures> {
  const unlimited = { LODEBOOK_RATE_LIMIT: '0', LODEBOOK_RATE_LIMIT_ADDRESS: '0' };
  const server = await LedgerProcess.start(await setting.folder(), unlimited);
  const operator = new Client(server.url, server.key);
  const position = await openHiddenChain({
    record: async (path, body) => (await operator.record(path, body)).at(-1)!.position,
  });
  const { body } = await operator.post('organisations/maker/api-keys', { label: 'timing', role: 'custodian' });
  const maker = new Client(server.url, body['key'] as string);
  await maker.get('/v1/batches/cathode', { 'ledger-position': position });
  let furthest = 0;
  for (const hidden of PATHS) {
    const deviation = await deviationOf(maker, hidden, setting.rounds);
    furthest = Math.max(furthest, Math.abs(deviation));
    setting.note(`${hidden}: ${deviation.toFixed(2)} standard deviations`);
    const told = (): string =>
      `the time of ${hidden} tells that it is there: ${deviation.toFixed(1)} standard deviations`;
    promise(Math.abs(deviation) < MOST_DEVIATIONS, told);
  }
  await server.stop();
  return { questions: PATHS.length, answersOfEach: 2 * setting.rounds, furthestDeviation: furthest.toFixed(2) };
}

async function deviationOf(client: Client, hidden: string, rounds: number): Promise<number> {
  const absent = hidden.replace(SECRET, ABSENT);
  const times = new Map([hidden, absent].map((path): [string, number[]] => [path, []]));
  for (let round = -5; round < rounds; round++) {
    // Each is first as often as the other; the first rounds are for what is prepared once.
    for (const path of round % 2 === 0 ? [hidden, absent] : [absent, hidden]) {
      const began = performance.now();
      const { status } = await client.get(path);
      const took = performance.now() - began;
      promise(status === 404, () => `${path} was answered ${status}`);
      if (round >= 0) times.get(path)!.push(took);
    }
  }
  return rankDeviation(times.get(hidden)!, times.get(absent)!);
}
