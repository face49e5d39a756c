import { openHiddenChain, SECRET } from '../../harness/hidden-chain.js';
import { operationsOf, type OpenApiDocument } from '../../harness/openapi-document.js';
import { Client } from '../harness/client.js';
import { LedgerProcess } from '../harness/ledger-process.js';
import { promise, type EnduranceProgram, type Figures, type Setting } from '../harness/program.js';
import { rankDeviation } from './rank-test.js';

/** By chance, one question in 500 million deviates this far, in either direction. */
const MOST_DEVIATIONS = 6;
/** As long as the hidden id. */
const ABSENT = 'absent';
const ABSENT_EVENT = '5c0f6a52-7c0e-5e0b-9d55-0d8f1a7f6b11';

/** Which object of the hidden chain is asked for, by the name of the path or query parameter. */
const HIDDEN: Readonly<Record<string, string>> = {
  batch: `${SECRET}-ore`,
  site: `${SECRET}-pit`,
  organisation: `${SECRET}-mining`,
  attestation: `${SECRET}-attestation`,
  concern: `${SECRET}-concern`,
};
/** Parameters that name nothing hidden. */
const OTHERS: Readonly<Record<string, string>> = { scheme: 'rmap', key: 'absent', keyId: 'absent', id: 'absent' };

interface Question {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}

export const timing: EnduranceProgram = {
  name: 'timing',
  tries:
    'what one may not know of and what is not there are asked for in turn: the times of the answers have the same ranks',
  round: 'question about each, of every kind',
  rounds: { short: 20, long: 800 },
  run: (setting) => compare(setting),
};

async function compare(setting: Setting): Promise<Figures> {
  const unlimited = { LODEBOOK_RATE_LIMIT: '0', LODEBOOK_RATE_LIMIT_ADDRESS: '0' };
  const server = await LedgerProcess.start(await setting.folder(), unlimited);
  const operator = new Client(server.url, server.key);
  const position = await openHiddenChain({
    record: async (path, body) => (await operator.record(path, body)).at(-1)!.position,
  });
  const keyOf = async (role: string): Promise<Client> => {
    const { body } = await operator.post('organisations/maker/api-keys', { label: 'timing', role });
    return new Client(server.url, body['key'] as string);
  };
  const maker = await keyOf('custodian');
  const attestor = await keyOf('attestor');
  await maker.get('/v1/batches/cathode', { 'ledger-position': position });
  let furthest = 0;
  const { body: document } = await maker.get('/openapi.json');
  const events = await operator.get(`/v1/batches/${SECRET}-ore/history`);
  const [{ record }] = events.body['items'] as [{ record: { id: string } }];
  let asked = 0;
  for (const question of questionsOf(document as unknown as OpenApiDocument, record.id)) {
    const asks = `${question.method} ${question.path}`;
    // A role is refused before any lookup, so there is nothing to measure. What only a regulator may do is left out.
    const asker = (await ask(maker, question)).status !== 403 ? maker : attestor;
    const { status } = await ask(asker, question);
    if (status === 403) continue;
    promise(status === 404, () => `${asks} was answered ${status}`);
    const deviation = await deviationOf(asker, question, record.id, setting.rounds);
    asked++;
    furthest = Math.max(furthest, Math.abs(deviation));
    setting.note(`${asks}: ${deviation.toFixed(2)} standard deviations`);
    const told = (): string =>
      `the time of ${asks} tells that it is there: ${deviation.toFixed(1)} standard deviations`;
    promise(Math.abs(deviation) < MOST_DEVIATIONS, told);
  }
  await server.stop();
  return { questions: asked, answersOfEach: 2 * setting.rounds, furthestDeviation: furthest.toFixed(2) };
}

/** Every operation that names an object of the hidden chain; commands have the body of their example. */
function* questionsOf(document: OpenApiDocument, eventId: string): Generator<Question> {
  for (const { method, path, parameters = [], requestBody } of operationsOf(document)) {
    const names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name!);
    const named = names.find((name) => name in HIDDEN || name === 'event');
    if (named === undefined) continue;
    const filled = path.replaceAll(/\{([^}]+)\}/g, (_, name: string) =>
      name === 'event' ? eventId : (HIDDEN[name] ?? OTHERS[name] ?? 'absent'),
    );
    const required = parameters.filter((one) => one.in === 'query' && one.required);
    const search = required.map(({ name, examples = {} }) => `${name}=${String(Object.values(examples)[0]?.value)}`);
    const json = requestBody?.content['application/json'];
    const example: unknown = Object.values(json?.examples ?? {})[0]?.value;
    // A stream of commands is answered line by line, by its own rules.
    if (method !== 'get' && example === undefined && requestBody !== undefined) continue;
    yield {
      method: method.toUpperCase(),
      path: `${filled}${search.length > 0 ? `?${search.join('&')}` : ''}`,
      ...(example !== undefined && { body: JSON.stringify(example) }),
    };
  }
  yield { method: 'GET', path: `/v1/audit/proofs/inclusion?eventId=${eventId}` };
}

function ask(client: Client, { method, path, body }: Question): ReturnType<Client['request']> {
  return client.request(method, path, body, body === undefined ? {} : { 'content-type': 'application/json' });
}

async function deviationOf(client: Client, hidden: Question, eventId: string, rounds: number): Promise<number> {
  const absent = { ...hidden, path: hidden.path.replace(SECRET, ABSENT).replace(eventId, ABSENT_EVENT) };
  const times = new Map([hidden, absent].map((question): [Question, number[]] => [question, []]));
  for (let round = -5; round < rounds; round++) {
    // Each comes first as often as the other; the first rounds warm up what is prepared once.
    for (const question of round % 2 === 0 ? [hidden, absent] : [absent, hidden]) {
      const began = performance.now();
      const { status } = await ask(client, question);
      const took = performance.now() - began;
      promise(status === 404, () => `${question.path} was answered ${status}`);
      if (round >= 0) times.get(question)!.push(took);
    }
  }
  return rankDeviation(times.get(hidden)!, times.get(absent)!);
}
