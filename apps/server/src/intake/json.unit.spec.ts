import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LONGEST_RUN } from '#vocabulary';
import { Problem, type ProblemLine } from '../problem/problem.js';
import { utf8TextOf, valueOfJson } from './json.js';
import { DEEPEST_NESTING, MOST_MEMBERS } from '../shapes/limits.js';
import { runs } from '../../../../test/properties/runs.js';

const nested = (depth: number, open = '[', close = ']'): string => open.repeat(depth) + close.repeat(depth);

function problemIn(read: () => unknown): { status: number; path: string; code: string } {
  try {
    read();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const [{ path, code }] = error.errors as readonly [ProblemLine];
    return { status: error.status, path, code };
  }
  throw new Error('it was taken');
}

describe('JSON from outside', () => {
  it('is what JSON.parse makes of it, as long as it is not too deep', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: DEEPEST_NESTING - 2, stringUnit: fc.constantFrom(...'a"\\\\[]{}') }), (text) => {
        expect(valueOfJson(text)).toEqual(JSON.parse(text));
      }),
      runs(300),
    );
    expect(valueOfJson(nested(DEEPEST_NESTING))).toEqual(JSON.parse(nested(DEEPEST_NESTING)));
  });

  it.each([
    ['lists', nested(DEEPEST_NESTING + 1), '[0]'.repeat(DEEPEST_NESTING)],
    ['objects', `${'{"a":'.repeat(DEEPEST_NESTING + 1)}1${'}'.repeat(DEEPEST_NESTING + 1)}`, `a${'.a'.repeat(31)}`],
    ['a field', `{"name":"x","roles":${nested(DEEPEST_NESTING)}}`, `roles${'[0]'.repeat(DEEPEST_NESTING - 1)}`],
    [
      'behind brackets in strings',
      `["]]}\\\\","\\"]",${nested(DEEPEST_NESTING)}]`,
      `[2]${'[0]'.repeat(DEEPEST_NESTING - 1)}`,
    ],
    ['more than a stack holds', `{"roles":[7,${nested(300_000)}]}`, `roles[1]${'[0]'.repeat(DEEPEST_NESTING - 2)}`],
  ])('is refused beyond that with the path: %s', (_, text, path) => {
    expect(problemIn(() => valueOfJson(text))).toEqual({ status: 400, path, code: 'too-deep' });
  });

  it.each([
    ['', ''],
    ['{', ''],
    ['NaN', ''],
    [`${'['.repeat(DEEPEST_NESTING)},${nested(2)}`, ''],
  ])('is refused when it is none: %s', (text, path) => {
    expect(problemIn(() => valueOfJson(text))).toEqual({ status: 400, path, code: 'malformed' });
  });

  it.each([
    ['{"__proto__":{"admin":true}}', '__proto__'],
    ['{"a":[{"\\u005f_proto__":1}]}', 'a[0].__proto__'],
    ['{"b":{"constructor":{"prototype":{}}}}', 'b.constructor'],
    ['{"constructor":"Hochtief"}', 'constructor'],
    ['{"c":{"toString":null}}', 'c.toString'],
  ])('has no member that is called as what every object has: %s', (text, path) => {
    expect(problemIn(() => valueOfJson(text))).toEqual({ status: 400, path, code: 'unknown-field' });
  });

  it('has no list that is too long, and none is looked into', () => {
    const list = (length: number): string => JSON.stringify({ a: [Array.from({ length }, () => ({ toString: 1 }))] });
    expect(problemIn(() => valueOfJson(list(LONGEST_RUN + 1)))).toMatchObject({ path: 'a[0]', code: 'too-many' });
    expect(problemIn(() => valueOfJson(list(LONGEST_RUN)))).toMatchObject({ path: 'a[0][0].toString' });
  });

  it('is not read to the end of a list that is too long', () => {
    const list = `{"a":[${'0,'.repeat(LONGEST_RUN)}0,`;
    for (const rest of ['', 'nonsense', '0],"a":[]}']) {
      expect(problemIn(() => valueOfJson(list + rest))).toEqual({ status: 400, path: 'a', code: 'too-many' });
    }
  });

  it('has no object of too many members, of one name or of many', () => {
    const object = (count: number, name: (n: number) => string): string =>
      `{"a":{${Array.from({ length: count }, (_, n) => `"${name(n)}":[0,0]`).join()}}}`;
    for (const name of [(n: number) => `b${n}`, () => 'b']) {
      expect(valueOfJson(object(MOST_MEMBERS, name))).toHaveProperty('a');
      const tooMany = { status: 400, path: '', code: 'too-many' };
      expect(problemIn(() => valueOfJson(object(MOST_MEMBERS + 1, name)))).toEqual(tooMany);
    }
  });

  it('is UTF-8', () => {
    expect(utf8TextOf(Buffer.from('{"name":"精錬所"}'))).toBe('{"name":"精錬所"}');
    expect(problemIn(() => utf8TextOf(Buffer.from([0x22, 0xff, 0x22])))).toEqual({
      status: 400,
      path: '',
      code: 'malformed',
    });
  });
});
