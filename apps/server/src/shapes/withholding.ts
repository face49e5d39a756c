import { randomBytes } from 'node:crypto';
import { type LegalBasis, type Withheld } from '#custody';
import { commit, isWeakSalt, decodeBase64Url, encodeBase64Url, SALT_BYTES, VerificationError } from '#transparency';
import { type Disclosure } from '#recording';
import { type ProblemLine } from '../problem/problem.js';

/** A field of a command of which the record is to hold only a commitment. */
interface WithheldField {
  /** JSON pointer into the body. */
  readonly path: string;
  readonly legalBasis: LegalBasis;
  readonly until: string;
  /** Salt and value are given together, when the client has made the commitment itself, which is then in the body. */
  readonly salt?: string;
  readonly value?: unknown;
}

/** A command with its withheld fields taken apart. */
export interface Concealed {
  /** The body with the values in place: its shape is checked. */
  readonly plain: Readonly<Record<string, unknown>>;
  /** The body that is decided on and recorded: with commitments in place of the values. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The form that may be hashed, signed and kept: it reveals no value. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly disclosures: readonly Disclosure[];
}

type Body = Record<string, unknown>;

/**
 * Separates what a command withholds from the rest.
 * @param allowed JSON pointers of what may be withheld
 * @param signed the client has signed the request: it must have made the commitments itself, or the signature would
 * cover the values
 * @returns problems with their paths when it cannot be: `not-withholdable`, `commitment-mismatch`, `malformed`
 */
export function conceal(
  allowed: readonly string[],
  body: Body,
  signed: boolean,
): Concealed | { problems: ProblemLine[] } {
  const { withheld: fields, ...rest } = body;
  if (fields === undefined) return { plain: body, body, request: body, disclosures: [] };
  if (!Array.isArray(fields) || !fields.every(isField)) return { plain: body, body, request: {}, disclosures: [] }; // the check of its shape reports it
  const plain = structuredClone(rest);
  const concealed = structuredClone(rest);
  const request = structuredClone(rest);
  const disclosures: Disclosure[] = [];
  const problems: ProblemLine[] = [];
  fields.forEach((field, index) => {
    const refuse = (code: string, message: string, at = 'path'): unknown =>
      problems.push({ path: `withheld[${index}].${at}`, code, message });
    const { path, legalBasis, until } = field;
    const sent = memberAt(rest, path);
    const sameSalt = fields.findIndex(({ salt }) => salt !== undefined && salt === field.salt);
    if (!allowed.includes(path)) refuse('not-withholdable', `${path} cannot be withheld`);
    else if (fields.findIndex((other) => other.path === path) < index) refuse('repeated', `${path} is listed twice`);
    else if (sameSalt !== -1 && sameSalt < index) refuse('repeated', 'each value needs a salt of its own', 'salt');
    else if (sent === undefined) refuse('malformed', `there is nothing at ${path}`);
    else {
      try {
        const { value, salt, commitment } = committed(field, sent, signed);
        const stands: Withheld = { commitment, legalBasis, until };
        setMember(plain, path, value);
        setMember(concealed, path, stands);
        setMember(request, path, signed || field.salt !== undefined ? { commitment } : {});
        disclosures.push({ path, commitment, salt, value, legalBasis, until });
      } catch (error) {
        if (!(error instanceof VerificationError)) throw error;
        refuse(error.code, error.message, 'salt');
      }
    }
  });
  if (problems.length > 0) return { problems };
  const listed = fields.map(({ path, legalBasis, until }) => ({ path, legalBasis, until }));
  return {
    plain: { ...plain, withheld: fields },
    body: concealed,
    request: { ...request, withheld: listed },
    disclosures,
  };
}

/** @throws VerificationError `commitment-mismatch`, `commitment-malformed`, or why the value has no canonical form */
function committed(
  field: WithheldField,
  sent: unknown,
  signed: boolean,
): Pick<Disclosure, 'value' | 'salt' | 'commitment'> {
  if (field.salt === undefined) {
    if (signed)
      throw new VerificationError('commitment-malformed', 'a signed command brings its own salt and commitment');
    const salt = randomBytes(SALT_BYTES);
    return { value: sent, salt: encodeBase64Url(salt), commitment: hexOf(commit(sent, salt)) };
  }
  const salt = decodeBase64Url(field.salt);
  if (salt === undefined) throw new VerificationError('commitment-malformed', 'the salt must be canonical base64url');
  const commitment = hexOf(commit(field.value ?? null, salt));
  if (isWeakSalt(salt)) {
    throw new VerificationError(
      'commitment-malformed',
      `the salt must be ${SALT_BYTES} random bytes: these are easily guessed`,
    );
  }
  const stands = typeof sent === 'object' && sent !== null ? (sent as { commitment?: unknown }).commitment : undefined;
  if (stands !== commitment) throw new VerificationError('commitment-mismatch', 'this is not what the body commits to');
  return { value: field.value ?? null, salt: field.salt, commitment };
}

/**
 * A body with commitments in place of its withheld fields, and what opens them in `withheld`: the form that can be
 * signed.
 * @throws VerificationError for a value without a canonical form
 */
export function committing(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body;
  const { withheld: fields } = body as Body;
  if (!Array.isArray(fields) || !fields.every(isField)) return body;
  const committed = structuredClone(body) as Body;
  committed['withheld'] = fields.map((field: WithheldField) => {
    const value = memberAt(body as Body, field.path);
    if (field.salt !== undefined || value === undefined) return field;
    const salt = randomBytes(SALT_BYTES);
    setMember(committed, field.path, { commitment: hexOf(commit(value, salt)) });
    return { ...field, salt: encodeBase64Url(salt), value };
  });
  return committed;
}

function isField(field: unknown): field is WithheldField {
  return typeof field === 'object' && field !== null && typeof (field as { path?: unknown }).path === 'string';
}

/** Withheld paths have plain names only. */
function memberAt(body: Body, path: string): unknown {
  let at: unknown = body;
  for (const name of path.slice(1).split('/')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Body)[name];
  }
  return at;
}

/** Replaces the value at an existing path. */
export function setMember(body: Body, path: string, value: unknown): void {
  const names = path.slice(1).split('/');
  let at = body;
  for (const name of names.slice(0, -1)) at = at[name] as Body;
  at[names.at(-1)!] = value;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
