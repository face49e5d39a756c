import { SITE_FACTS, withheldIn } from '#custody';
import { withholdableInRecord } from '#vocabulary';
import { type Disclosure } from '#recording';
import { type ProblemLine } from '../problem/problem.js';
import { replacementShape } from './shape.js';
import { problemsOf } from './validation.js';
import { setMember } from './withholding.js';

/** The data that are to replace those of an event. */
interface Replacement {
  /** Of the event that is corrected, at the root. */
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** What the event withheld, as recorded and as corrected since: each commitment may be kept at its place. */
  readonly before: readonly unknown[];
  /** What the correction withholds, each at its place in the correction's body. */
  readonly disclosures: readonly Disclosure[];
}

const PLACE = '/replacement';

/**
 * The facts whose data a correction can replace: all facts of a site except corrections, since the original event is
 * corrected.
 */
export const REPLACEABLE = SITE_FACTS.filter(({ type }) => type !== 'RecordCorrected');
const REPLACEMENTS = new Map(
  REPLACEABLE.map((fact) => [fact.type, { shape: replacementShape(fact), allowed: withholdableInRecord(fact) }]),
);

/** What is wrong with the form of a replacement, with paths into the correction's body. */
export function replacementProblems({ type, data, before, disclosures }: Replacement): ProblemLine[] {
  const replaced = REPLACEMENTS.get(type);
  if (!replaced) return []; // the decider refuses it
  const { shape, allowed } = replaced;
  if ('withheld' in data) {
    const message = 'what is withheld is listed beside the replacement, with paths that begin with /replacement';
    return [{ path: 'replacement.withheld', code: 'unknown-field', message }];
  }
  if ('occurredAt' in data) {
    const message = 'occurredAt is no part of the data: when it happened cannot be corrected';
    return [{ path: 'replacement.occurredAt', code: 'unknown-field', message }];
  }
  const wrong = disclosures.flatMap(({ path }, index) =>
    !path.startsWith(`${PLACE}/`) || allowed.includes(path.slice(PLACE.length))
      ? []
      : [{ path: `withheld[${index}].path`, code: 'not-withholdable', message: `${path} cannot be withheld` }],
  );
  if (wrong.length > 0) return wrong;
  const plain = { replacement: structuredClone(data) };
  for (const { path, value } of disclosures) if (path.startsWith(`${PLACE}/`)) setMember(plain, path, value);
  const known = before.map((each) => withheldIn(each));
  const places = [...withheldIn(data)]
    .filter(([path, { commitment }]) => known.some((withheld) => withheld.get(path)?.commitment === commitment))
    .map(([path]) => `replacement${path.replaceAll('/', '.')}`);
  const problems = problemsOf(shape, plain.replacement, 'replacement');
  return problems.filter(({ path }) => !places.some((place) => path === place || path.startsWith(`${place}.`)));
}
