import fc from 'fast-check';
import { DocumentSchemas, operationsOf, type OpenApiDocument, type Operation } from '../../harness/openapi-document.js';
import { Client } from '../harness/client.js';
import { LedgerProcess } from '../harness/ledger-process.js';
import { promise, type EnduranceProgram, type Figures, type Setting } from '../harness/program.js';
import { openSites } from '../harness/workload.js';
import { beginningOf, NDJSON, requestTo, type BentRequest } from './bent-requests.js';
import { type Schemas } from './hostile-values.js';

/** Longer is a hang. */
const LONGEST_ANSWER_MS = 30_000;

/** Every third request has an unknown key: with limits, everything would soon be answered 429. */
const WITHOUT_LIMITS = {
  LODEBOOK_RATE_LIMIT: '0',
  LODEBOOK_RATE_LIMIT_ADDRESS: '0',
  LODEBOOK_RATE_LIMIT_FAILED: '0',
  LODEBOOK_RATE_LIMIT_PUBLIC: '0',
};

export const fuzz: EnduranceProgram = {
  name: 'fuzz',
  tries: 'requests made from the OpenAPI document and bent: no 5xx, no hang, every answer is as it is documented',
  round: 'request to each operation',
  rounds: { short: 4, long: 1_000 },
  run: (setting) => bend(setting),
};

async function bend(setting: Setting): Promise<Figures> {
  const server = await LedgerProcess.start(await setting.folder(), WITHOUT_LIMITS);
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
      requestTo(operation, operations, document.components.schemas as Schemas, server.key),
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

async function send(
  url: string,
  operation: Operation,
  request: BentRequest,
  answers: DocumentedAnswers,
): Promise<number> {
  const { method, path } = operation;
  const answer = await fetch(url + request.path, {
    method: method.toUpperCase(),
    headers: request.headers,
    ...(request.body && { body: request.body as never }),
    signal: AbortSignal.timeout(LONGEST_ANSWER_MS),
  });
  const text = await answer.text();
  const told = (): string => {
    const body = request.body ? ` with ${beginningOf(request.body)}` : '';
    return `${method} ${request.path}${body} was answered ${answer.status} ${beginningOf(text)}`;
  };
  promise(answer.status < 500 && !linesOf(answer, text).some((status) => status >= 500), told);
  const faults = answers.faults(operation, answer.status, answer.headers.get('content-type') ?? '', text);
  promise(faults.length === 0, () => `${method} ${path}: ${faults.join('; ')}: ${told()}`);
  return answer.status;
}

/** Each line of a stream of commands has a status of its own, if it is a problem. */
function linesOf(answer: Response, text: string): number[] {
  if (answer.status !== 200 || answer.headers.get('content-type') !== NDJSON) return [];
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => (JSON.parse(line) as { status?: number }).status ?? 0);
}

/** Compares an answer with what the document says about it. */
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
