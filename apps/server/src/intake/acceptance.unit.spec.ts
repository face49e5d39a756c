import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import fc from 'fast-check';
import { commandExample } from '../http/openapi/command-examples.js';
import { isAcceptable, type Shape } from './acceptance.js';
import { COMMAND_ROUTES } from './command-table.js';
import { REPLACEMENT_SHAPES } from './dto/replacements.dto.js';
import { LONGEST_LIST, LONGEST_PROBLEM_TEXT, MOST_PROBLEMS } from './limits.js';
import { invalidRequest, problemsOf } from './validation.js';
import { runs } from '../../../../test/properties/runs.js';

const WRONG: readonly unknown[] = [
  null,
  undefined,
  0,
  -1,
  1.5,
  '',
  ' ',
  'x',
  'JP',
  true,
  [],
  {},
  [null],
  [{}],
  [[]],
  ['x', 'x'],
];

/** The places of a body, however deep. */
function placesIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, part]) => placesIn(part, [...path, key]))];
}

function changed(value: unknown, [first, ...rest]: readonly string[], change: (at: unknown) => unknown): unknown {
  if (first === undefined) return change(value);
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[first] = changed(copy[first], rest, change);
  return copy;
}

/** Places that class-validator itself finds something wrong at. */
function placesOfValidator(shape: Shape, body: object): Set<string> {
  const instance = plainToInstance(shape, body, { enableCircularCheck: false });
  const found = validateSync(instance, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true });
  return new Set(found.flatMap((error) => placesOf(error, '')));
}

function placesOf({ property, constraints, children = [] }: ValidationError, prefix: string): string[] {
  const path = prefix === '' ? property : `${prefix}.${property}`;
  // That an entry is no object is told of its list, by a rule of its own.
  const own = Object.keys(constraints ?? {}).filter((rule) => rule !== 'nestedValidation');
  return [...(own.length > 0 ? [path] : []), ...children.flatMap((child) => placesOf(child, path))];
}

const without = (at: unknown): unknown => {
  if (typeof at !== 'object' || at === null) return undefined;
  return Object.fromEntries(Object.entries(at).slice(1));
};

describe('The check of a body', () => {
  it('accepts every example', () => {
    for (const route of COMMAND_ROUTES) {
      const { body } = commandExample(route);
      expect([route.path, isAcceptable(route.shape, body), problemsOf(route.shape, body as object)]).toEqual([
        route.path,
        true,
        [],
      ]);
    }
  });

  it('accepts what class-validator accepts, and finds the same places', () => {
    const change = fc.oneof(
      fc.constantFrom(...WRONG).map((wrong) => () => wrong),
      fc.constant(without),
      fc
        .constantFrom(...WRONG)
        .map(
          (more) => (at: unknown) => (Array.isArray(at) ? [...(at as unknown[]), more] : { ...(at as object), more }),
        ),
      fc.constant((at: unknown) => (Array.isArray(at) ? [...(at as unknown[]), ...(at as unknown[])] : [at])),
    );
    const route = fc.constantFrom(...COMMAND_ROUTES);
    const places = fc.array(fc.tuple(fc.nat(), change), { minLength: 1, maxLength: 2 });
    let [accepted, refused] = [0, 0];
    fc.assert(
      fc.property(route, places, (of, changes) => {
        let body: unknown = commandExample(of).body;
        for (const [place, make] of changes) {
          const found = placesIn(body);
          body = changed(body, found[place % found.length]!, make);
        }
        if (typeof body !== 'object' || body === null || Array.isArray(body)) return;
        const places = placesOfValidator(of.shape, body);
        const sound = places.size === 0;
        const found = problemsOf(of.shape, body).map(({ path }) => path.replaceAll(/\[(\d+)\]/g, '.$1'));
        expect(found.filter((place) => !places.has(place))).toEqual([]);
        // What stands in the place of an object is not looked into; class-validator looks for fields in a list too.
        const under = (place: string): boolean => found.some((one) => place === one || place.startsWith(`${one}.`));
        expect([...places].filter((place) => !under(place))).toEqual([]);
        expect(isAcceptable(of.shape, body)).toBe(sound);
        if (sound) accepted++;
        else refused++;
      }),
      runs(2_000),
    );
    expect(accepted).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
  });

  it('knows the shape of every replacement', () => {
    for (const shape of Object.values(REPLACEMENT_SHAPES)) {
      expect(isAcceptable(shape, { nobodyKnowsThis: 1 })).toBe(false);
      expect(isAcceptable(shape, {})).toBe(problemsOf(shape, {}).length === 0);
    }
  });

  it('looks into no list that is too long, lists so many problems at the most, and answers in little', () => {
    const entry = fc.constantFrom<unknown>({}, null, [], 'x', 7, { a: 1 }, [[]], { labels: [{}, {}] }, { batchId: '' });
    const list = fc
      .tuple(entry, fc.integer({ min: 1, max: 20_000 }))
      .map(([each, length]) => Array.from({ length }, () => each));
    const wide = fc
      .tuple(fc.integer({ min: 1, max: 20_000 }), fc.string({ maxLength: 2_000 }))
      .map(([count, name]) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`${name}${n}`, n])));
    const route = fc.constantFrom(...COMMAND_ROUTES.filter(({ path }) => !path.includes('api-keys')));
    fc.assert(
      fc.property(route, fc.nat(), fc.oneof(list, wide), (of, place, hostile) => {
        const { body } = commandExample(of);
        const places = placesIn(body);
        let looks = 0;
        const watched = new Proxy(hostile, {
          get: (target, name, receiver) => {
            if (Array.isArray(target) && /^\d+$/.test(String(name))) looks++;
            return Reflect.get(target, name, receiver) as unknown;
          },
        });
        const bent = changed(body, places[place % places.length]!, () => watched);
        if (typeof bent !== 'object' || bent === null || Array.isArray(bent)) return;
        if (isAcceptable(of.shape, bent)) return;
        const problems = problemsOf(of.shape, bent);
        expect(problems.length).toBeGreaterThan(0);
        expect(problems.length).toBeLessThanOrEqual(MOST_PROBLEMS + 1);
        if (Array.isArray(hostile) && hostile.length > LONGEST_LIST) expect(looks).toBe(0);
        const refusal = invalidRequest(problems);
        expect(refusal.errors.length).toBe(Math.min(problems.length, MOST_PROBLEMS));
        if (problems.length > MOST_PROBLEMS) expect(refusal.detail).toMatch(/and more than 99 more: the first 100 are/);
        const longest = MOST_PROBLEMS * (6 * 2 * LONGEST_PROBLEM_TEXT + 100);
        expect(JSON.stringify(refusal.toDocument()).length).toBeLessThan(longest);
      }),
      runs(300),
    );
  });
});
