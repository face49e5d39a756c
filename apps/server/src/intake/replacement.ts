import { type SiteEvents } from '#custody';
import { type ProblemLine } from '../problem/problem.js';
import { REPLACEMENT_SHAPES } from './dto/replacements.dto.js';
import { problemsOf } from './validation.js';

/** What is wrong with the form of the data that shall stand in the place of an event of this type, with paths. */
export function replacementProblems(type: keyof SiteEvents, replacement: Record<string, unknown>): ProblemLine[] {
  if (type === 'RecordCorrected') return []; // the decider refuses it: the root is what is corrected
  if ('occurredAt' in replacement) {
    const message = 'occurredAt is no part of the data: when it happened cannot be corrected';
    return [{ path: 'replacement.occurredAt', code: 'unknown-field', message }];
  }
  return problemsOf(REPLACEMENT_SHAPES[type], replacement, 'replacement');
}
