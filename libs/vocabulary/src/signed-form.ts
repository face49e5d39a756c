import { commandOf, opensStream, type Fact, type Target } from './fact.js';
import { type Field, type Fields } from './field.js';
import { isRecord } from './values.js';

type Data = Readonly<Record<string, unknown>>;

/** A command as its line in a file says it, beside the ids of its target. */
export interface RestatedCommand {
  readonly target: Target;
  readonly command: string;
  readonly body: Record<string, unknown>;
}

/**
 * The command that an event says it comes of: without what the ledger alone knew and added (the content of what is
 * dispatched, the authority behind a hold). What the description does not know stays: it was not in the command. Never
 * throws, on any data.
 * @param asked the body that the command had: a list that it left unsaid is recorded empty
 */
export function restated(fact: Fact, streamId: string, data: Data, asked: unknown): RestatedCommand {
  const target: Record<string, string> = opensStream(fact) ? {} : { [fact.stream]: streamId };
  for (const [name, { options }] of Object.entries(fact.fields)) {
    if (options.address !== undefined) target[options.address] = data[name] as string;
  }
  return { target, command: commandOf(fact), body: sentPart(fact.fields, data, asked) };
}

function sentPart(fields: Fields, data: Data, asked: unknown): Record<string, unknown> {
  const said: Data = isRecord(asked) ? asked : {};
  const body: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(data)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined) body[name] = value;
    else if (isSent(field) && !isUnsaid(field, value, said[name])) body[name] = sentValue(field, value, said[name]);
  }
  for (const [name, { options }] of Object.entries(fields)) {
    if (options.idsOf === undefined) continue;
    const list = data[options.idsOf];
    body[name] = Array.isArray(list) ? list.filter(isRecord).map(({ batchId }) => batchId) : [];
  }
  return body;
}

function isSent({ options }: Field): boolean {
  return options.only !== 'record' && options.address === undefined;
}

function isUnsaid({ options }: Field, value: unknown, said: unknown): boolean {
  return options.emptyWhenUnsaid === true && said === undefined && Array.isArray(value) && value.length === 0;
}

function sentValue({ form }: Field, value: unknown, said: unknown): unknown {
  if (form.kind === 'object' && isRecord(value)) return sentPart(form.fields, value, said);
  if (form.kind !== 'list' || !Array.isArray(value)) return value;
  const each: readonly unknown[] = Array.isArray(said) ? said : [];
  return value.map((item: unknown, index) => (isRecord(item) ? sentPart(form.fields, item, each[index]) : item));
}
