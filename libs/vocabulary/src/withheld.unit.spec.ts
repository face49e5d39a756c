import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { disclosed, isWithheld, withheldIn, type Withheld } from './withheld.js';
import { runs } from '../../../test/properties/runs.js';

const commitment = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const withheld: fc.Arbitrary<Withheld> = commitment.map((hex) => ({
  commitment: hex,
  legalBasis: 'trade-secret',
  until: '2030-01-01T00:00:00.000Z',
}));

/** A JSON object, some members of which are withheld; the same with their values; and what opens them. */
const concealed = fc
  .dictionary(fc.string(), fc.tuple(fc.option(withheld, { nil: undefined }), fc.jsonValue()))
  .map((members) => {
    const entries = Object.entries(members);
    return {
      record: Object.fromEntries(entries.map(([name, [stands, value]]) => [name, stands ?? value])),
      plain: Object.fromEntries(entries.map(([name, [, value]]) => [name, value])),
      values: new Map(entries.flatMap(([, [stands, value]]) => (stands ? [[stands.commitment, value] as const] : []))),
    };
  });

describe('withheld values', () => {
  it('are found where they stand, and come back whole', () => {
    fc.assert(
      fc.property(concealed, ({ record, plain, values }) => {
        expect(new Set([...withheldIn(record).values()].map((stands) => stands.commitment))).toEqual(
          new Set(values.keys()),
        );
        expect(disclosed(record, values)).toEqual(plain);
        expect(disclosed(record, new Map())).toEqual(record);
        expect(withheldIn(disclosed(record, values)).size).toBe(withheldIn(plain).size);
      }),
      runs(200),
    );
  });

  it('are named by JSON pointers', () => {
    const stands: Withheld = { commitment: 'ab', legalBasis: 'personal-data', until: 'then' };
    expect([...withheldIn({ origin: { country: stands }, 'a/b~c': [stands] }).keys()]).toEqual([
      '/origin/country',
      '/a~1b~0c/0',
    ]);
  });

  it('are nothing else', () => {
    for (const value of [null, 'x', {}, { commitment: 'ab' }, { commitment: 1, legalBasis: 'x', until: 'y' }, []]) {
      expect(isWithheld(value)).toBe(false);
    }
  });
});
