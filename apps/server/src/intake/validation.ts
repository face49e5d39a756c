import { Problem, type ProblemLine } from '../problem/problem.js';
import { fieldsOf, isAcceptable, isPlainObject, type Field, type Shape } from './acceptance.js';
import { LONGEST_LIST, LONGEST_PROBLEM_TEXT, MOST_PROBLEMS } from './limits.js';

/**
 * A request body in the shape of its DTO, or its problems, each with its path. The body itself, not an instance of the
 * DTO: what is recorded and hashed must be JSON and nothing else.
 * @throws Problem `invalid-request`
 */
export function parseBody<T extends object>(shape: new () => T, body: unknown): T {
  const plain = plainBody(body);
  if (isAcceptable(shape, plain)) return plain as T;
  const problems = problemsOf(shape, plain);
  if (problems.length === 0) throw new Error(`a ${shape.name} is not accepted, and nothing is found wrong with it`);
  throw invalidRequest(problems);
}

/** @throws Problem `invalid-request` when it is no JSON object */
export function plainBody(body: unknown): Record<string, unknown> {
  if (isPlainObject(body)) return body;
  throw new Problem('invalid-request', 'The body must be a JSON object.', [
    { path: '', code: 'not-an-object', message: 'must be a JSON object' },
  ]);
}

/** @param problems at least one; beyond {@link MOST_PROBLEMS} it is only said that there are more */
export function invalidRequest(problems: readonly ProblemLine[]): Problem {
  const listed = problems.slice(0, MOST_PROBLEMS).map(shortened);
  const first = listed[0]?.message ?? 'The request is malformed.';
  return new Problem('invalid-request', first + moreThan(problems.length), listed);
}

function moreThan(count: number): string {
  if (count > MOST_PROBLEMS) return ` (and more than ${MOST_PROBLEMS - 1} more: the first ${MOST_PROBLEMS} are listed)`;
  return count > 1 ? ` (and ${count - 1} more)` : '';
}

function shortened({ path, code, message }: ProblemLine): ProblemLine {
  return { path: short(path), code, message: short(message) };
}

function short(text: string): string {
  return text.length <= LONGEST_PROBLEM_TEXT ? text : `${text.slice(0, LONGEST_PROBLEM_TEXT - 1).toWellFormed()}…`;
}

/**
 * What is wrong with a part of a body, as class-validator would say it: no more than one problem beyond
 * {@link MOST_PROBLEMS}, so that neither the time it takes nor the answer grows with what a client makes up.
 * @param at where the part is: paths begin with it
 */
export function problemsOf(shape: Shape, value: object, at = ''): ProblemLine[] {
  const problems: ProblemLine[] = [];
  for (const problem of problemsIn(shape, value as Record<string, unknown>, at)) {
    problems.push(problem);
    if (problems.length > MOST_PROBLEMS) break;
  }
  return problems;
}

function* problemsIn(shape: Shape, value: Record<string, unknown>, at: string): Generator<ProblemLine> {
  const fields = fieldsOf(shape);
  const prefix = at === '' ? '' : `${at}.`;
  for (const name of Object.keys(value)) {
    if (fields.has(name)) continue;
    yield { path: prefix + name, code: 'unknown-field', message: `${short(name)} has no place here` };
  }
  for (const [name, field] of fields) {
    if (field.counts(value[name], value)) yield* problemsInField(field, value, name, prefix + name);
  }
}

function* problemsInField(
  { rules, held }: Field,
  object: Record<string, unknown>,
  name: string,
  path: string,
): Generator<ProblemLine> {
  const value = object[name];
  if (Array.isArray(value) && value.length > LONGEST_LIST) {
    yield { path, code: 'too-many', message: `${name} must have at most ${LONGEST_LIST} entries` };
    return; // its entries are not looked at
  }
  for (const rule of rules) {
    if (!rule.holds(value, object)) yield { path, code: codeOf(rule.name), message: rule.message(value, object) };
  }
  if (held === undefined) return;
  if (!Array.isArray(value)) {
    yield* problemsInHeld(held(), value, path);
    return;
  }
  for (const [index, entry] of value.entries()) yield* problemsInHeld(held(), entry, `${path}[${index}]`);
}

/** That a list or what is no object at all stands in the place of one is told by a rule of the field. */
function* problemsInHeld(shape: Shape, value: unknown, path: string): Generator<ProblemLine> {
  if (isPlainObject(value)) yield* problemsIn(shape, value, path);
  else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    yield { path, code: 'not-an-object', message: 'must be a JSON object' };
  }
}

const CODE_OF: Record<string, string> = {
  isIn: 'not-allowed',
  isArray: 'not-a-list',
  arrayMinSize: 'empty',
  arrayMaxSize: 'too-many',
  noRepeats: 'repeated',
  isGrams: 'not-whole-grams',
  isInstant: 'not-an-instant',
  isId: 'not-an-id',
  isBoolean: 'not-a-boolean',
  isObject: 'not-an-object',
  isText: 'not-a-text',
  isCountry: 'not-a-country',
  isISO31661Alpha2: 'not-a-country',
};

function codeOf(rule: string): string {
  return CODE_OF[rule] ?? 'malformed';
}
