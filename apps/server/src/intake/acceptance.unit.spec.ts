import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { commandExample } from '../http/openapi/command-examples.js';
import { isAcceptable } from './acceptance.js';
import { COMMAND_ROUTES } from './command-table.js';
import { REPLACEMENT_SHAPES } from './dto/replacements.dto.js';
import { problemsOf } from './validation.js';
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

describe('A quick look at a body', () => {
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

  it('accepts what class-validator accepts, and nothing else', () => {
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
        const sound = problemsOf(of.shape, body).length === 0;
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
});
