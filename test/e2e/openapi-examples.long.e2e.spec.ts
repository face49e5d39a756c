import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { ACCESS_ROLES, type Role } from '#access';
import { serverProcess, temporaryFolder, type ServerProcess } from '../harness/cli.js';
import {
  DocumentSchemas,
  faultsOf,
  operationsOf,
  type OpenApiDocument,
  type Operation,
} from '../harness/openapi-document.js';
import { bearer } from '../harness/running-ledger.js';

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

/** The printed keys of the roles that an operation accepts, in its order; no key for a public operation. */
function keysFor(operation: Operation, keys: ReadonlyMap<Role, string>): (string | undefined)[] {
  const roles = (operation as unknown as { 'x-roles'?: Role[] })['x-roles'];
  return roles === undefined ? [undefined] : roles.flatMap((role) => keys.get(role) ?? []);
}

/** The keys that a first start prints, by role. */
function printedKeys(output: string): Map<Role, string> {
  const keys = new Map<Role, string>();
  for (const [, name, key] of output.matchAll(/^(\w+) +(lodebook_[\w-]{43})/gm)) {
    const role = ACCESS_ROLES.find((each) => each === name!.toLowerCase());
    if (role) keys.set(role, key!);
  }
  return keys;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

describe('the examples of the reference page, on the demonstration chain, with the keys that the start prints', () => {
  let folder: string;
  let server: ServerProcess;
  let keys: Map<Role, string>;
  let document: OpenApiDocument;
  let operations: Operation[];
  let schemas: DocumentSchemas;
  /** The position that the read model must reach to know everything sent. */
  let position = '0';

  beforeAll(async () => {
    folder = await temporaryFolder();
    server = await serverProcess({ LODEBOOK_DATA: folder, LODEBOOK_ADMIN_KEY: '' }, ['--demonstration']);
    keys = printedKeys(server.output());
    document = (await (await fetch(`${server.url}/openapi.json`)).json()) as OpenApiDocument;
    operations = operationsOf(document);
    schemas = new DocumentSchemas(document);
  }, 180_000);
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Sends the example and compares the answer with the document. @returns what is wrong */
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
    const answer = await sentByAny(operation, address, body, headers);
    if (!answer) return [...faults, 'takes no key of those that are printed'];
    const documented = operation.responses[String(answer.status)];
    if (answer.status >= 300 || !documented) {
      return [...faults, `answered ${answer.status} ${answer.text}`];
    }
    const [answerType, media] = Object.entries(documented.content ?? {})[0] ?? [];
    if (answerType !== 'application/json' || !media?.schema) return [...faults, ...lineFaults(answerType, answer)];
    position = answer.headers.get('ledger-position') ?? position;
    const place = ['paths', path, method, 'responses', String(answer.status), 'content', answerType, 'schema'];
    return [...faults, ...schemas.faults(place, JSON.parse(answer.text))];
  }

  /** The first successful answer of the keys, else the last one: a refused request changes nothing. */
  async function sentByAny(
    operation: Operation,
    address: string,
    body: unknown,
    headers: Record<string, string>,
  ): Promise<Answer | undefined> {
    let answer: Answer | undefined;
    for (const key of keysFor(operation, keys)) {
      const authorised = { ...headers, ...(key !== undefined && bearer(key)) };
      answer = await sent(operation.method.toUpperCase(), address, body, authorised);
      if (answer.status < 300) return answer;
    }
    return answer;
  }

  async function sent(
    method: string,
    address: string,
    body: unknown,
    headers: Record<string, string>,
  ): Promise<Answer> {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await fetch(server.url + address, { method, headers, ...(text !== undefined && { body: text }) });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  }

  function lineFaults(type: string | undefined, answer: Answer): string[] {
    if (type !== NDJSON) return [];
    const lines = answer.text.trim().split('\n');
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

  it('need only the keys that were printed', () => {
    expect([...keys.keys()]).toEqual(['administrator', 'regulator', 'custodian', 'attestor']);
  });

  it('are in a valid OpenAPI 3.1 document', () => {
    expect(faultsOf(document)).toEqual([]);
  });

  /** The tables follow the loaded demonstration a moment later, and one example names a moment of the log by its index. */
  async function tablesHaveTheDemonstration(): Promise<void> {
    const headers = bearer(keys.get('regulator')!);
    while ((await sent('GET', '/v1/batches/battery-5-b', undefined, headers)).status !== 200) await delay(200);
  }

  it('are recorded, sent one after the other in the order of the document', async () => {
    await tablesHaveTheDemonstration();
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
