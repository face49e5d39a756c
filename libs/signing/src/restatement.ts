import { disclosed, withheldIn } from '#custody';
import { restated } from '#vocabulary';
import { FACT_OF } from './recorded-facts.js';
import { erasureCommand, type SignedCommand } from './signed-command.js';

type Data = Readonly<Record<string, unknown>>;

/** The part of an event that is compared with the signed command. */
interface Recorded {
  readonly stream: string;
  readonly type: string;
  readonly data: Data;
  readonly occurredAt: string;
}

/**
 * The command that an event must have come from, to be compared with the one that was signed: the ledger may have added
 * only what it alone knows (the content of what is dispatched, the authority behind a hold).
 * @returns undefined for a type that no command records
 */
export function restatementOf({ stream, type, data, occurredAt }: Recorded, signed: SignedCommand): unknown {
  if (type === 'DisclosuresErased') return erasureCommand(stream.slice(stream.indexOf('-') + 1));
  const fact = FACT_OF.get(type);
  if (!fact) return undefined;
  const asked: unknown = signed.body;
  const { target, command, body } = restated(fact, stream.slice(stream.indexOf('-') + 1), data, asked);
  if (isObject(asked) && 'occurredAt' in asked) body['occurredAt'] = occurredAt;
  return { ...target, command, body: asWithheld(body, asked) };
}

/** In the command, a withheld value is a bare commitment, and its reason is listed separately. */
function asWithheld(body: Data, asked: unknown): Data {
  const listed: unknown = isObject(asked) ? asked['withheld'] : undefined;
  if (!Array.isArray(listed)) return body;
  const found = withheldIn(body);
  const bare = new Map<string, unknown>();
  const withheld = listed.filter(isObject).map(({ path }) => {
    const stands = found.get(String(path));
    if (!stands) return undefined;
    bare.set(stands.commitment, { commitment: stands.commitment });
    return { path, legalBasis: stands.legalBasis, until: stands.until };
  });
  return withheld.includes(undefined) ? body : { ...disclosed(body, bare), withheld };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
