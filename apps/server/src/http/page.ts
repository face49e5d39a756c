import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { decodeCursor, DEFAULT_PAGE, encodeCursor, MAX_PAGE, type Page, type PageRequest } from '#read-model';
import { Problem, type ProblemLine } from '../problem/problem.js';
import { invalidRequest, queryProblem } from '../shapes/validation.js';

export type QueryString = Readonly<Record<string, unknown>>;

/** Documents `limit` and `cursor`. */
export function Paged(): MethodDecorator {
  return applyDecorators(
    ApiQuery({
      name: 'limit',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: MAX_PAGE, default: DEFAULT_PAGE },
    }),
    ApiQuery({ name: 'cursor', required: false, schema: { type: 'string' }, description: '`next` of the page before' }),
  );
}

/**
 * Reads a query string with these parameters only: an unknown one is refused, since it would silently not filter.
 * @throws Problem `invalid-request`
 */
export function readQuery<Name extends string>(
  query: QueryString,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const problems: ProblemLine[] = [];
  const read: Partial<Record<Name, string>> = {};
  for (const [name, value] of Object.entries(query)) {
    if (!(names as readonly string[]).includes(name))
      problems.push(queryProblem(name, 'unknown-field', 'is not a parameter of this address'));
    else if (typeof value !== 'string') problems.push(queryProblem(name, 'repeated', 'must be given once'));
    else if (value.length > 1_024) problems.push(queryProblem(name, 'too-long', 'must have at most 1024 characters'));
    else read[name as Name] = value;
  }
  if (problems.length > 0) throw invalidRequest(problems);
  return read;
}

/** @throws Problem `invalid-request` */
export function pageOf({ limit, cursor }: { limit?: string; cursor?: string }): PageRequest {
  if (limit !== undefined && (!/^\d{1,4}$/.test(limit) || Number(limit) < 1 || Number(limit) > MAX_PAGE)) {
    throw invalidRequest([queryProblem('limit', 'not-allowed', `must be a number from 1 to ${MAX_PAGE}`)]);
  }
  return { ...(limit !== undefined && { limit: Number(limit) }), ...(cursor !== undefined && { cursor }) };
}

/** A page of a list that is in memory. A cursor names the last item shown; if that is gone, the list starts again. */
export function sliceOf<T>(
  list: string,
  items: readonly T[],
  { limit = DEFAULT_PAGE, cursor }: PageRequest,
  idOf: (item: T) => string,
): Page<T> {
  const [after] = cursor === undefined ? [undefined] : decodeCursor(list, cursor, ['string'] as const);
  const start = items.findIndex((item) => idOf(item) === after) + 1;
  const shown = items.slice(start, start + limit);
  const more = start + limit < items.length;
  return { items: shown, next: more ? encodeCursor(list, [idOf(shown.at(-1)!)]) : null };
}

/** @throws Problem `invalid-request` */
export function oneOf<V extends string>(name: string, value: string | undefined, values: readonly V[]): V | undefined {
  if (value !== undefined && !(values as readonly string[]).includes(value)) {
    throw invalidRequest([queryProblem(name, 'not-allowed', `must be one of ${values.join(', ')}`)]);
  }
  return value as V | undefined;
}

export function orNotFound<T>(answer: T | undefined, what: string): T {
  if (answer === undefined) throw new Problem('not-found', `There is no ${what}.`);
  return answer;
}
