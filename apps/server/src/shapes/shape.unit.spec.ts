import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { commandSchema, LONGEST_RUN } from '#vocabulary';
import { FACTS } from '#attestation';
import { COMMAND_ROUTES } from '../intake/command-table.js';
import { LONGEST_PROBLEM_TEXT, MOST_PROBLEMS } from './limits.js';
import { REPLACEABLE } from './replacement.js';
import { replacementShape } from './shape.js';
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

const without = (at: unknown): unknown => {
  if (typeof at !== 'object' || at === null) return undefined;
  return Object.fromEntries(Object.entries(at).slice(1));
};

describe('The check of a body', () => {
  it('accepts every example', () => {
    for (const route of COMMAND_ROUTES) {
      const { body } = route.example;
      expect([route.path, route.shape.accepts(body), problemsOf(route.shape, body)]).toEqual([route.path, true, []]);
    }
  });

  it('accepts what class-validator finds nothing wrong with, and nothing else', () => {
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
        let body: unknown = of.example.body;
        for (const [place, make] of changes) {
          const found = placesIn(body);
          body = changed(body, found[place % found.length]!, make);
        }
        if (typeof body !== 'object' || body === null || Array.isArray(body)) return;
        const sound = problemsOf(of.shape, body).length === 0;
        expect(of.shape.accepts(body)).toBe(sound);
        if (sound) accepted++;
        else refused++;
      }),
      runs(2_000),
    );
    expect(accepted).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
  });

  it('accepts nothing that the JSON Schema of the fact refuses', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const schemas = FACTS.map((fact) => ({ fact, fits: ajv.compile(commandSchema(fact)) }));
    const routes = new Map(COMMAND_ROUTES.map((route) => [route.path, route]));
    const wrong = fc.constantFrom(...WRONG);
    fc.assert(
      fc.property(fc.constantFrom(...schemas), fc.nat(), wrong, ({ fact, fits }, place, put) => {
        expect(fits(fact.example.body)).toBe(true);
        const places = placesIn(fact.example.body);
        const body = changed(fact.example.body, places[place % places.length]!, () => put);
        const asJson: unknown = JSON.parse(JSON.stringify(body ?? null));
        if (routes.get(fact.path)!.shape.accepts(asJson)) expect(fits(asJson)).toBe(true);
      }),
      runs(1_000),
    );
  });

  it('knows the shape of every replacement', () => {
    for (const fact of REPLACEABLE) {
      const shape = replacementShape(fact);
      expect(shape.accepts({ nobodyKnowsThis: 1 })).toBe(false);
      expect(shape.accepts({})).toBe(false);
      expect(problemsOf(shape, {}).length).toBeGreaterThan(0);
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
        const { body } = of.example;
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
        if (of.shape.accepts(bent)) return;
        const problems = problemsOf(of.shape, bent);
        expect(problems.length).toBeGreaterThan(0);
        expect(problems.length).toBeLessThanOrEqual(MOST_PROBLEMS + 1);
        if (Array.isArray(hostile) && hostile.length > LONGEST_RUN) expect(looks).toBe(0);
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
