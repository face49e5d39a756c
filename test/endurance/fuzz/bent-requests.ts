import fc from 'fast-check';
import { type Operation } from '../../harness/openapi-document.js';
import { hostile, hostileText, valueOf, type Schema, type Schemas } from './hostile-values.js';

export const NDJSON = 'application/x-ndjson';

/** How much of a body or an answer the report of a failure shows, in characters. */
const MOST_SHOWN = 1_000;

/** A request as documented, with random mutations. */
export interface BentRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

/** @param operations all operations of the document: a stream of commands contains bodies of the others */
export function requestTo(
  operation: Operation,
  operations: readonly Operation[],
  schemas: Schemas,
  key: string,
): fc.Arbitrary<BentRequest> {
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
    .tuple(texts(named('path'), true), texts(named('query'), false), headers, bodyOf(media, operations, schemas))
    .map(([path, query, head, body]) => ({
      path: addressOf(operation.path, path, query),
      headers: { ...head, ...body?.headers },
      body: body?.bytes,
    }))
    .map(readable);
}

export function beginningOf(body: string | Buffer): string {
  const text = body.toString('utf8');
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN)}… (${text.length} characters)`;
}

/** A failure's report shows the body as text rather than as a list of bytes. */
function readable(request: BentRequest): BentRequest {
  const { path, headers, body } = request;
  const shown = { path, headers, ...(body && { body: beginningOf(body) }) };
  return Object.assign(request, { [fc.toStringMethod]: () => JSON.stringify(shown) });
}

function addressOf(template: string, path: Record<string, unknown>, query: Record<string, unknown>): string {
  const filled = template.replaceAll(/\{([^}]+)\}/g, (_, name: string) => encoded(path[name] as string));
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encoded(value as string)}`);
  return pairs.length === 0 ? filled : `${filled}?${pairs.join('&')}`;
}

/** Dots alone would change the path; what is already percent-encoded is sent as it is, valid or not. */
function encoded(text: string): string {
  if (text.startsWith('%')) return text;
  return encodeURIComponent(text.toWellFormed()).replaceAll('.', '%2E');
}

function bodyOf(
  media: [string, { readonly schema?: object }] | undefined,
  operations: readonly Operation[],
  schemas: Schemas,
) {
  if (!media) return fc.constant(undefined);
  const [type, { schema = {} }] = media;
  const json =
    type === NDJSON
      ? linesOf(operations, schemas)
      : fc
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

/** Commands on sites, each a line, with bodies of their schemas. */
function linesOf(operations: readonly Operation[], schemas: Schemas): fc.Arbitrary<Buffer> {
  const lines = operations.flatMap(({ method, path, requestBody }) => {
    const command = /^\/v1\/sites\/\{site\}\/([\w-]+)$/.exec(path)?.[1];
    const schema = requestBody?.content['application/json']?.schema;
    if (method !== 'post' || command === undefined || schema === undefined) return [];
    const members = { command: fc.constant<unknown>(command), body: valueOf(schema, schemas) };
    const others = { idempotencyKey: hostile, signature: hostile, site: hostile };
    return [fc.record({ ...members, ...others }, { requiredKeys: ['command', 'body'] })];
  });
  const line = fc.oneof(
    { weight: 9, arbitrary: fc.oneof(...lines).map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: hostile.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))) },
  );
  return fc.array(line, { minLength: 1, maxLength: 5 }).map((all) => Buffer.from(all.join('\n')));
}
