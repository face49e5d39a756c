import { type ClaimLine, type ClaimsVerdict, type Reason } from '#claims';
import { canonicalText } from '#transparency';

/** Members of a reason, in the order of RFC 8785. */
const REASON_MEMBERS = [
  'batchId',
  'because',
  'claim',
  'document',
  'eventIds',
  'from',
  'mineral',
  'right',
  'siteId',
  'until',
  'verdict',
] as const satisfies readonly (keyof Reason)[];
/** No member of a reason is left out of its text. */
type Complete = Exclude<keyof Reason, (typeof REASON_MEMBERS)[number]> extends never ? Reason : never;

/** A verdict's text in two parts, of which the first is the same for many batches. */
interface VerdictParts {
  /** The claims, comma-separated: what stands between the brackets of `claims`. */
  readonly claims: string;
  /** What follows them, from the bracket on. Before them stands the batch's id, see {@link verdictText}. */
  readonly rest: string;
}

/** The RFC 8785 text of a verdict. */
function verdictText(batchId: string, { claims, rest }: VerdictParts): string {
  return `{"batchId":${canonicalText(batchId)},"claims":[${claims}${rest}`;
}

/**
 * Writes the RFC 8785 text of verdicts. Most lines of most verdicts are the same objects, and so are most lists of lines
 * (claims that state only their verdict): each is serialised once.
 */
export class VerdictTexts {
  readonly #lines = new WeakMap<ClaimLine, string>();
  readonly #lists = new WeakMap<readonly ClaimLine[], string>();

  of(verdict: ClaimsVerdict): string {
    return verdictText(verdict.batchId, this.partsOf(verdict));
  }

  partsOf({ claims, programme, reasons, rulesAt, standsUntil, validAt, verdict }: ClaimsVerdict): VerdictParts {
    const last = standsUntil === undefined ? { rulesAt, validAt, verdict } : { rulesAt, standsUntil, validAt, verdict };
    const tail = canonicalText(last).slice(1);
    const told = reasons.map((reason) => reasonText(reason)).join(',');
    return {
      claims: this.#listOf(claims),
      rest: `],"programme":${canonicalText(programme)},"reasons":[${told}],${tail}`,
    };
  }

  #listOf(claims: readonly ClaimLine[]): string {
    let text = this.#lists.get(claims);
    if (text === undefined) {
      text = claims.map((line) => this.#lineOf(line)).join(',');
      this.#lists.set(claims, text);
    }
    return text;
  }

  #lineOf(line: ClaimLine): string {
    let text = this.#lines.get(line);
    if (text === undefined) this.#lines.set(line, (text = canonicalText(line)));
    return text;
  }
}

/** A chain without any label has as many reasons as batches: their members are not sorted anew for each. */
function reasonText(reason: Complete): string {
  let text = '';
  for (const member of REASON_MEMBERS) {
    const value = reason[member];
    if (value === undefined) continue;
    text += `${text === '' ? '{' : ','}"${member}":${canonicalText(value)}`;
  }
  return text === '' ? '{}' : `${text}}`;
}
