import { type ClaimsVerdict, type Subject, type Verdict } from '#claims';
import { type ClaimDifference } from '../answers/difference-answers.js';

interface Line extends Subject {
  readonly verdict: Verdict;
}

/**
 * The lines that came out differently. Two lines correspond if they have the same subject and the same place among the
 * lines of that subject.
 */
export function claimDifferences(
  before: Pick<ClaimsVerdict, 'claims'> | undefined,
  after: Pick<ClaimsVerdict, 'claims'> | undefined,
): ClaimDifference[] {
  const were = before?.claims ?? [];
  const are = after?.claims ?? [];
  // The usual case: the lines of one programme at one moment are the same, in the same order.
  if (were.length === are.length && are.every((line, index) => isSame(line, were[index]!))) return [];
  const earlier = byKey(were);
  const later = byKey(are);
  return [...new Map([...earlier, ...later])].flatMap(([key, { claim, mineral, right, document }]) => {
    const from = earlier.get(key)?.verdict ?? null;
    const to = later.get(key)?.verdict ?? null;
    if (from === to) return [];
    return {
      claim,
      ...(mineral !== undefined && { mineral }),
      ...(right !== undefined && { right }),
      ...(document !== undefined && { document }),
      from,
      to,
    };
  });
}

/** Several lines can have the same subject: labelling has one for each rule. */
function byKey(lines: readonly Line[]): Map<string, Line> {
  const keyed = new Map<string, Line>();
  const met = new Map<string, number>();
  for (const line of lines) {
    const subject = JSON.stringify([line.claim, line.mineral, line.right, line.document]);
    const place = met.get(subject) ?? 0;
    met.set(subject, place + 1);
    keyed.set(`${subject} ${place}`, line);
  }
  return keyed;
}

function isSame(one: Line, other: Line): boolean {
  return (
    one.verdict === other.verdict &&
    one.claim === other.claim &&
    one.mineral === other.mineral &&
    one.right === other.right &&
    one.document === other.document
  );
}
