import fc from 'fast-check';
import { DocumentSchemas, operationsOf, type OpenApiDocument, type Operation } from '../../harness/openapi-document.js';
import { Client } from '../harness/client.js';
import { LedgerProcess } from '../harness/ledger-process.js';
import { promise, type EnduranceProgram, type Figures, type Setting } from '../harness/program.js';
import { openSites } from '../harness/workload.js';
import { hostile, hostileText, valueOf, type Schema, type Schemas } from './hostile-values.js';

/** Longer is a hang. */
const LONGEST_ANSWER_MS = 30_000;

export const fuzz: EnduranceProgram = {
  name: 'fuzz',
  tries: 'requests made from the OpenAPI document and bent: no 5xx, no hang, every answer is as it is documented',
  round: 'request to each operation',
  rounds: { short: 4, long: 1_000 },
  run: (setting) => bend(setting),
};

interface Request {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

async function bend(setting: Setting): Promise<Figures> {
  const server = await LedgerProcess.start(await setting.folder());
  const client = new Client(server.url, server.key);
  await openSites(client);
  const document = (await client.get('/openapi.json')).body as unknown as OpenApiDocument;
  const answers = new DocumentedAnswers(document);
  const operations = operationsOf(document);
  const byStatus: Record<string, number> = {};
  let requests = 0;
  let slowestMs = 0;
  for (const operation of operations) {
    const property = fc.asyncProperty(
      requestTo(operation, document.components.schemas as Schemas, server.key),
      async (request) => {
        const began = performance.now();
        const status = await send(server.url, operation, request, answers);
        slowestMs = Math.max(slowestMs, performance.now() - began);
        requests++;
        byStatus[`answered${status}`] = (byStatus[`answered${status}`] ?? 0) + 1;
      },
    );
    await fc.assert(property, { numRuns: setting.rounds, seed: setting.seed, endOnFailure: true });
  }
  const live = await client.get('/health/live');
  promise(live.status === 200, () => `the server is ${live.status} after all this`);
  await server.stop();
  const slowestSeconds = (slowestMs / 1_000).toFixed(1);
  return { operations: operations.length, requests, fivehundreds: 0, undocumented: 0, slowestSeconds, ...byStatus };
}

function requestTo(operation: Operation, schemas: Schemas, key: string): fc.Arbitrary<Request> {
  const { parameters = [], requestBody } = operation;
  const named = (place: string): string[] => parameters.filter((one) => one.in === place).map(({ name }) => name);
  const texts = (names: readonly string[], required: boolean) =>
    fc.record(Object.fromEntries(names.map((name) => [name, hostileText])), required ? {} : { requiredKeys: [] });
  const media = Object.entries(requestBody?.content ?? {})[0];
  const headers = fc.record(
    {
      authorization: fc.constantFrom(`Bearer ${key}`, `Bearer ${key}`, `Bearer ${key}`, 'Basic eDp5', 'Bearer wrong'),
      'idempotency-key': fc.oneof(fc.uuid(), fc.constantFrom('k', 'a b', 'x'.repeat(300))),
      'if-match': fc.constantFrom('"0"', '"99999999999999999999"', 'W/"1"', '*', 'x'),
      'accept-encoding': fc.constantFrom('gzip', 'br;q=1.0', '*', 'nonsense'),
    },
    { requiredKeys: ['authorization'] },
  );
  return fc
    .tuple(texts(named('path'), true), texts(named('query'), false), headers, bodyOf(media, schemas))
    .map(([path, query, head, body]) => ({
      path: addressOf(operation.path, path, query),
      headers: { ...head, ...body?.headers },
      body: body?.bytes,
    }));
}

function addressOf(template: string, path: Record<string, unknown>, query: Record<string, unknown>): string {
  const filled = template.replaceAll(/\{([^}]+)\}/g, (_, name: string) => encoded(path[name] as string));
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encoded(value as string)}`);
  return pairs.length === 0 ? filled : `${filled}?${pairs.join('&')}`;
}

/** Dots alone would be another address; what is percent-encoded already goes as it is, broken or not. */
function encoded(text: string): string {
  if (text.startsWith('%')) return text;
  return encodeURIComponent(text.toWellFormed()).replaceAll('.', '%2E');
}

function bodyOf(media: [string, { readonly schema?: object }] | undefined, schemas: Schemas) {
  if (!media) return fc.constant(undefined);
  const [type, { schema = {} }] = media;
  const json = fc
    .oneof({ weight: 9, arbitrary: valueOf(schema as Schema, schemas) }, { weight: 1, arbitrary: hostile })
    .map((value) => Buffer.from(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'null')));
  const bytes = fc.oneof(
    { weight: 12, arbitrary: json },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bits) => Buffer.from(bits)) },
    { weight: 1, arbitrary: json.map((whole) => whole.subarray(0, whole.length / 2)) },
  );
  const types = fc.oneof(
    { weight: 14, arbitrary: fc.constant(type) },
    fc.constantFrom('text/plain', 'application/xml', 'x'),
  );
  return fc.tuple(bytes, types).map(([content, name]) => ({ bytes: content, headers: { 'content-type': name } }));
}

async function send(url: string, operation: Operation, request: Request, answers: DocumentedAnswers): Promise<number> {
  const { method, path } = operation;
  const answer = await fetch(url + request.path, {
    method: method.toUpperCase(),
    headers: request.headers,
    ...(request.body && { body: request.body as never }),
    signal: AbortSignal.timeout(LONGEST_ANSWER_MS),
  });
  const text = await answer.text();
  const told = (): string => `${method} ${request.path} was answered ${answer.status} ${text.slice(0, 500)}`;
  promise(answer.status < 500, told);
  const faults = answers.faults(operation, answer.status, answer.headers.get('content-type') ?? '', text);
  promise(faults.length === 0, () => `${method} ${path}: ${faults.join('; ')}: ${told()}`);
  return answer.status;
}

/** What the document says of answers, held against one. */
class DocumentedAnswers {
  readonly #schemas: DocumentSchemas;

  constructor(document: OpenApiDocument) {
    this.#schemas = new DocumentSchemas(document);
  }

  faults({ method, path, responses }: Operation, status: number, contentType: string, text: string): string[] {
    const documented = responses[String(status)];
    if (!documented) return [`${status} is not documented`];
    const type = contentType.split(';')[0]!.trim();
    const media = documented.content?.[type];
    if (documented.content && !media) return [`${type} is not documented for ${status}`];
    if (!media?.schema || !/[/+]json$/.test(type)) return [];
    const place = ['paths', path, method, 'responses', String(status), 'content', type, 'schema'];
    return this.#schemas.faults(place, JSON.parse(text));
  }
}
