import { validateSync } from 'class-validator';
import { LONGEST_LIST, type Field, type Fields } from '#vocabulary';
import { Problem, type ProblemLine } from '../problem/problem.js';
import { heldBy, type Dto, type Judged, type Within } from './dto.js';
import { LONGEST_PROBLEM_TEXT, MOST_PROBLEMS } from './limits.js';
import { type Shape } from './shape.js';

/**
 * A request body in the shape of its DTO. Returns the body itself, not an instance of the DTO: what is recorded and
 * hashed must be JSON and nothing else.
 * @throws Problem `invalid-request`
 */
export function parseBody<T>(shape: Shape<T>, body: unknown): T {
  const plain = plainBody(body);
  if (shape.accepts(plain)) return plain as T;
  const problems = problemsOf(shape, plain);
  if (problems.length === 0) throw new Error(`a ${shape.dto.name} is not accepted, and nothing is found wrong with it`);
  throw invalidRequest(problems);
}

/** @throws Problem `invalid-request` when it is no JSON object */
export function plainBody(body: unknown): Record<string, unknown> {
  if (isPlainObject(body)) return body;
  throw new Problem('invalid-request', 'The body must be a JSON object.', [
    { path: '', code: 'not-an-object', message: 'must be a JSON object' },
  ]);
}

/** Of a parameter of the query string. */
export function queryProblem(name: string, code: string, problem: string): ProblemLine {
  return { path: `query ${name}`, code, message: `${name} ${problem}` };
}

/** @param problems at least one; those beyond {@link MOST_PROBLEMS} are not listed */
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
 * What is wrong with a part of a body, in class-validator's words: at most one problem beyond {@link MOST_PROBLEMS}, so
 * that neither the time nor the answer grows with what a client makes up.
 * @param at where the part is: paths begin with it
 */
export function problemsOf(shape: Shape, value: object, at = ''): ProblemLine[] {
  const problems: ProblemLine[] = [];
  for (const problem of problemsIn(shape, value as Members, shape.within, at)) {
    problems.push(problem);
    if (problems.length > MOST_PROBLEMS) break;
  }
  return problems;
}

type Members = Readonly<Record<string, unknown>>;

function* problemsIn({ fields, dto }: Judged, value: Members, within: Within, at: string): Generator<ProblemLine> {
  const prefix = at === '' ? '' : `${at}.`;
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(fields, name)) continue;
    yield { path: prefix + name, code: 'unknown-field', message: `${short(name)} has no place here` };
  }
  const faults = faultsOf(dto, fields, value);
  for (const [name, field] of Object.entries(fields)) {
    const path = prefix + name;
    const member = value[name];
    if (isTooLong(member, field)) {
      // Its entries are not looked at.
      yield { path, code: 'too-many', message: `${name} must have at most ${longestOf(field)} entries` };
      continue;
    }
    for (const [rule, message] of faults.get(name) ?? []) yield { path, code: codeOf(rule), message };
    const held = heldBy(field, within);
    if (held) yield* problemsInHeld(held, member, within, path);
  }
}

/**
 * For each field, the rules of class-validator that it breaks, with their messages. Nested objects are checked
 * separately.
 */
function faultsOf(dto: Dto, fields: Fields, value: Members): Map<string, [string, string][]> {
  const instance = new dto() as Record<string, unknown>;
  for (const [name, field] of Object.entries(fields)) if (!isTooLong(value[name], field)) instance[name] = value[name];
  const errors = validateSync(instance, { validationError: { target: false, value: false } });
  return new Map(errors.map(({ property, constraints }) => [property, Object.entries(constraints ?? {})]));
}

function isTooLong(value: unknown, field: Field): boolean {
  return Array.isArray(value) && value.length > longestOf(field);
}

function longestOf({ form }: Field): number {
  return form.kind === 'ids' ? form.longest : LONGEST_LIST;
}

/** A rule of the field itself reports a list, or anything else that is not an object, in the place of an object. */
function* problemsInHeld(held: Judged, value: unknown, within: Within, path: string): Generator<ProblemLine> {
  if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) {
      if (isPlainObject(entry) && !held.accepts(entry)) yield* problemsIn(held, entry, within, `${path}[${index}]`);
    }
  } else if (isPlainObject(value)) yield* problemsIn(held, value, within, path);
}

/** What JSON can produce: never a stream, a buffer or anything else with behaviour. */
function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null; // also of another realm: a thread, a test
}

const CODE_OF: Record<string, string> = {
  isIn: 'not-allowed',
  isArray: 'not-a-list',
  arrayMinSize: 'empty',
  arrayMaxSize: 'too-many',
  noRepeats: 'repeated',
  isGrams: 'not-whole-grams',
  isWhole: 'not-an-integer',
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
