import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { Problem, type ProblemLine } from '../problem/problem.js';
import { isAcceptable } from './acceptance.js';

type Shape<T extends object> = new () => T;

rememberRules();

/**
 * A request body in the shape of its DTO, or every problem with its path.
 * @throws Problem `invalid-request`
 */
export function parseBody<T extends object>(shape: Shape<T>, body: unknown): T {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Problem('invalid-request', 'The body must be a JSON object.', [
      { path: '', code: 'not-an-object', message: 'must be a JSON object' },
    ]);
  }
  if (isAcceptable(shape, body)) return body as T;
  const problems = problemsOf(shape, body);
  if (problems.length > 0) throw invalidRequest(problems);
  // The plain body, not the instance: what is recorded and hashed must be JSON and nothing else.
  return body as T;
}

export function invalidRequest(problems: readonly ProblemLine[]): Problem {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return new Problem('invalid-request', `${first?.message ?? 'The request is malformed.'}${more}`, problems);
}

/** As {@link parseBody}, for a part of a body: paths begin with `at`. */
export function problemsOf<T extends object>(shape: Shape<T>, value: object, at = ''): ProblemLine[] {
  const instance = plainToInstance(shape, value, { enableCircularCheck: false });
  const found = validateSync(instance, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true });
  return found.flatMap((error) => linesOf(error, at));
}

/**
 * class-validator looks through the rules of every class there is, for each object it checks. The rules of a class never
 * change after it is defined: what was found for it once is found again here.
 */
function rememberRules(): void {
  const storage = getMetadataStorage();
  const search = storage.getTargetValidationMetadatas.bind(storage);
  const group = storage.groupByPropertyName.bind(storage);
  const found = new Map<unknown, ReturnType<typeof search>>();
  const grouped = new WeakMap<object, ReturnType<typeof group>>();
  storage.getTargetValidationMetadatas = (shape, ...rest) => {
    let rules = found.get(shape);
    if (!rules) found.set(shape, (rules = search(shape, ...rest)));
    return rules;
  };
  storage.groupByPropertyName = (rules) => {
    let groups = grouped.get(rules);
    if (!groups) grouped.set(rules, (groups = group(rules)));
    return groups;
  };
}

function linesOf(error: ValidationError, prefix: string): ProblemLine[] {
  const path = /^\d+$/.test(error.property)
    ? `${prefix}[${error.property}]`
    : prefix === ''
      ? error.property
      : `${prefix}.${error.property}`;
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({ path, code: codeOf(rule), message }));
  return [...own, ...(error.children ?? []).flatMap((child) => linesOf(child, path))];
}

const CODE_OF: Record<string, string> = {
  whitelistValidation: 'unknown-field',
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
