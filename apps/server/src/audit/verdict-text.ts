import { type ClaimLine, type ClaimsVerdict } from '#claims';
import { canonicalText } from '#transparency';

/**
 * The RFC 8785 text of verdicts. Most lines of most verdicts are the same objects (a claim that says no more than how it
 * came out), and are written once.
 */
export class VerdictTexts {
  readonly #lines = new WeakMap<ClaimLine, string>();

  of({ claims, ...verdict }: ClaimsVerdict): string {
    const lines = claims.map((line) => this.#lineOf(line)).join(',');
    const { batchId, ...others } = verdict;
    // By name "batchId" comes first and "claims" second; the others follow as they do without these two.
    return `{"batchId":${canonicalText(batchId)},"claims":[${lines}],${canonicalText(others).slice(1)}`;
  }

  #lineOf(line: ClaimLine): string {
    let text = this.#lines.get(line);
    if (text === undefined) this.#lines.set(line, (text = canonicalText(line)));
    return text;
  }
}
