import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createReadStream } from 'node:fs';
import { recordLinesOf } from '../../apps/cli/src/import/import-lines.js';
import { throughDesk } from '../../apps/cli/src/import/through-desk.js';
import { DEMONSTRATION } from '../harness/cli.js';
import {
  DocumentSchemas,
  faultsOf,
  operationsOf,
  type OpenApiDocument,
  type Operation,
} from '../harness/openapi-document.js';
import { RunningLedger, type Answer } from '../harness/running-ledger.js';

const NDJSON = 'application/x-ndjson';

/** An operation's example as a request, or why there is none. */
function exampleOf({ parameters = [], path, requestBody }: Operation): Example | { missing: string } {
  let filled = path;
  const query = new URLSearchParams();
  for (const { name, in: where, required, examples } of parameters) {
    const value = Object.values(examples ?? {})[0]?.value as string | number | undefined;
    if (value === undefined && required) return { missing: `${where} parameter ${name}` };
    if (value !== undefined && where === 'path') filled = filled.replace(`{${name}}`, encodeURIComponent(value));
    if (value !== undefined && where === 'query') query.set(name, String(value));
  }
  const address = query.size > 0 ? `${filled}?${query.toString()}` : filled;
  if (!requestBody) return { address };
  const [type, media] = Object.entries(requestBody.content)[0]!;
  const body = Object.values(media.examples ?? {})[0]?.value;
  return body === undefined ? { missing: `body of ${type}` } : { address, type, body };
}
interface Example {
  readonly address: string;
  readonly type?: string;
  readonly body?: unknown;
}

describe('the examples of the reference page, on the demonstration chain', () => {
  let ledger: RunningLedger;
  let document: OpenApiDocument;
  let operations: Operation[];
  let schemas: DocumentSchemas;
  /** Where the read model must be to know all that was sent. */
  let position = '0';

  beforeAll(async () => {
    ledger = await RunningLedger.start();
    const { refused } = await recordLinesOf(createReadStream(DEMONSTRATION), throughDesk(ledger.desk));
    expect(refused).toEqual([]);
    document = (await (await fetch(`${ledger.url}/openapi.json`)).json()) as OpenApiDocument;
    operations = operationsOf(document);
    schemas = new DocumentSchemas(document);
  }, 180_000);
  afterAll(() => ledger.dispose());

  /** Sends the example and compares the answer with what the document says of it. @returns what is wrong */
  async function faultsOfExample(operation: Operation): Promise<string[]> {
    const { method, path } = operation;
    const example = exampleOf(operation);
    if ('missing' in example) return [`no example of the ${example.missing}`];
    const { address, type = 'application/json', body } = example;
    const faults: string[] = [];
    if (body !== undefined) {
      faults.push(...schemas.faults(['paths', path, method, 'requestBody', 'content', type, 'schema'], body));
    }
    const headers = {
      ...(body !== undefined && { 'content-type': type }),
      ...(method === 'get' && { 'ledger-position': position }),
    };
    const answer = await ledger.request(method.toUpperCase(), address, body, headers);
    const documented = operation.responses[String(answer.status)];
    if (answer.status >= 300 || !documented) {
      return [...faults, `answered ${answer.status} ${JSON.stringify(answer.body)}`];
    }
    const [answerType, media] = Object.entries(documented.content ?? {})[0] ?? [];
    if (answerType !== 'application/json' || !media?.schema) return [...faults, ...lineFaults(answerType, answer)];
    position = answer.headers.get('ledger-position') ?? position;
    const place = ['paths', path, method, 'responses', String(answer.status), 'content', answerType, 'schema'];
    return [...faults, ...schemas.faults(place, answer.body)];
  }

  function lineFaults(type: string | undefined, answer: Answer): string[] {
    if (type !== NDJSON) return [];
    const lines = (answer.body['text'] as unknown as string).trim().split('\n');
    return lines.filter((line) => !('events' in (JSON.parse(line) as object)));
  }

  async function tryAll(documented: readonly Operation[]): Promise<Record<string, string[]>> {
    const wrong: Record<string, string[]> = {};
    const tried = documented.filter((operation) => operation['x-no-example'] === undefined);
    for (const operation of tried) {
      const faults = await faultsOfExample(operation);
      if (faults.length > 0) wrong[`${operation.method} ${operation.path}`] = faults;
    }
    return wrong;
  }

  it('stand in a valid OpenAPI 3.1 document', () => {
    expect(faultsOf(document)).toEqual([]);
  });

  it('are recorded, sent one after the other in the order of the document', async () => {
    const commands = operations.filter(({ method }) => method !== 'get');
    expect(commands.length).toBeGreaterThan(30);
    expect(await tryAll(commands)).toEqual({});
  }, 120_000);

  it('are answered as documented', async () => {
    const queries = operations.filter(({ method }) => method === 'get');
    expect(queries.length).toBeGreaterThan(14);
    expect(await tryAll(queries)).toEqual({});
  }, 120_000);
});
