import { withheldIn, type SiteEvents } from '#custody';
import { type ProblemLine } from '../problem/problem.js';
import { REPLACEMENT_SHAPES } from './dto/replacements.dto.js';
import { problemsOf } from './validation.js';

/** What is wrong with the form of the data that shall stand in the place of an event of this type, with paths. */
export function replacementProblems(
  type: keyof SiteEvents,
  replacement: Record<string, unknown>,
  original: unknown,
): ProblemLine[] {
  if (type === 'RecordCorrected') return []; // the decider refuses it: the root is what is corrected
  if ('withheld' in replacement) {
    const message = 'a replacement withholds nothing: what is withheld already may stay so, as the record has it';
    return [{ path: 'replacement.withheld', code: 'unknown-field', message }];
  }
  if ('occurredAt' in replacement) {
    const message = 'occurredAt is no part of the data: when it happened cannot be corrected';
    return [{ path: 'replacement.occurredAt', code: 'unknown-field', message }];
  }
  const before = withheldIn(original);
  const kept = [...withheldIn(replacement)].filter(
    ([path, { commitment }]) => before.get(path)?.commitment === commitment,
  );
  const places = kept.map(([path]) => `replacement${path.replaceAll('/', '.')}`);
  const problems = problemsOf(REPLACEMENT_SHAPES[type], replacement, 'replacement');
  return problems.filter(({ path }) => !places.some((place) => path === place || path.startsWith(`${place}.`)));
}
