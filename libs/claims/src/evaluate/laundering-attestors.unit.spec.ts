/** Attempts to prove by one's own word what others have to vouch for, and what honest participants do in the same situations. */
import { describe, expect, it } from '@jest/globals';
import { type AttestedRight } from '#attestation';
import { type Counts, type Programme } from '../programmes/index.js';
import { ChainWriter } from './testing/chain-writer.js';
import { programmeWith } from './testing/programme-files.js';

const AT = '2026-01-01';
const EU: Counts = {
  classes: ['post-consumer', 'manufacturing-waste'],
  manufacturingWaste: 'battery',
  ownWaste: true,
  returned: true,
  recovered: true,
};
const recycled = (threshold: string): Programme =>
  programmeWith({
    claim: 'recycled-content',
    thresholds: { cobalt: threshold },
    counts: EU,
    vouched: ['recovered-origin'],
  });
const RECYCLED = recycled('0.5');
const ORIGIN = programmeWith({
  claim: 'origin',
  minerals: ['cobalt'],
  countries: ['AU'],
  recycledCountries: ['JP'],
  threshold: '0.5',
  vouched: ['site-facts'],
});
const TERMS = programmeWith({ claim: 'trade-terms', parties: ['AU', 'JP'], vouched: ['site-facts'] });
const TERMS_OF_HOP = { tradeTerms: { exportDuty: false, quantitativeRestriction: false } };
const FACTS: AttestedRight[] = ['site-facts', 'recovered-origin'];

/**
 * Half of the cobalt of `salt` was collected at `depot` and recycled at `works`, as was half of that of `sheet`; the other
 * half of `sheet` was mined at `pit`.
 */
function chain(mined: { country?: string } = {}): ChainWriter {
  const writer = new ChainWriter();
  writer.open('pit', 'AU');
  writer.open('depot', 'KR');
  writer.open('works', 'JP');
  writer.accredit('2024-01-01', '2024-01-01');
  const origin = { kind: 'extracted' as const, ...mined };
  writer.register('2025-01-10', 'pit', 'ore', 1_000, { cobalt: 500 }, { origin });
  writer.dispatch('2025-01-11', 'pit', 'works', 'ore', TERMS_OF_HOP);
  writer.receive('2025-02-01', 'works', 'pit', 'ore', 1_000);
  writer.register('2025-01-20', 'depot', 'cells', 1_000, { cobalt: 500 }, { origin: { kind: 'end-of-life' } });
  writer.dispatch('2025-01-21', 'depot', 'works', 'cells', TERMS_OF_HOP);
  writer.receive('2025-02-01', 'works', 'depot', 'cells', 1_000);
  writer.transform('2025-02-10', 'works', { cells: 1_000 }, { salt: [900, { cobalt: 500 }] }, { process: 'recycling' });
  writer.transform('2025-02-20', 'works', { salt: 900, ore: 1_000 }, { sheet: [1_500, { cobalt: 1_000 }] });
  return writer;
}

function attest(writer: ChainWriter, sites: readonly string[], from = '2025-01-01', until = '2027-01-01'): ChainWriter {
  for (const site of sites) writer.attest('2025-01-01', `${site}-${from}`, site, FACTS, from, until);
  return writer;
}
const line = (writer: ChainWriter, programme: Programme, batch = 'sheet') => {
  const { verdict, claims, reasons } = writer.ask(programme, batch, AT);
  return { verdict, lower: claims[0]?.lower, upper: claims[0]?.upper, reasons };
};

describe('recycled content', () => {
  it('holds when collector and recycler were vouched for when they collected and recycled', () => {
    expect(line(attest(chain(), ['depot', 'works']), RECYCLED)).toMatchObject({ verdict: 'holds', lower: '0.500000' });
  });

  it.each([
    ['neither', [], ['works', 'depot']],
    ['the recycler alone', ['works'], ['depot']],
    ['the collector alone', ['depot'], ['works']],
    ['the mine, which recovers nothing', ['pit'], ['works', 'depot']],
  ])('is not proven when %s is vouched for', (_, vouched, missing) => {
    const answer = line(attest(chain(), vouched), RECYCLED);
    expect(answer).toMatchObject({ verdict: 'unproven', lower: '0.000000', upper: '0.500000' });
    expect(answer.reasons.map(({ because, siteId }) => [because, siteId])).toEqual(
      missing.map((site) => ['not-vouched', site]),
    );
  });

  it('is not proven by cover that began after, or ended before', () => {
    for (const [from, until] of [
      ['2025-02-11', '2027-01-01'],
      ['2025-01-01', '2025-02-10'],
    ] as const) {
      const writer = attest(attest(chain(), ['depot']), ['works'], from, until);
      expect(line(writer, RECYCLED)).toMatchObject({ verdict: 'unproven', lower: '0.000000' });
    }
    const honest = attest(attest(chain(), ['depot']), ['works'], '2025-02-10', '2025-02-11');
    expect(line(honest, RECYCLED).verdict).toBe('holds');
  });

  it('is not proven by a self-declaration, nor by an attestation that was revoked or lost its accreditation', () => {
    const self = attest(chain(), ['depot']);
    self.attest('2025-01-01', 'own', 'works', FACTS, '2025-01-01', '2027-01-01', { assurance: 'self' });
    expect(line(self, RECYCLED)).toMatchObject({ verdict: 'unproven', reasons: [{ because: 'not-vouched' }] });
    const revoked = attest(chain(), ['depot', 'works']);
    const revocation = revoked.change('2025-12-01', 'works-2025-01-01', 'Revoked', '2025-02-01');
    expect(line(revoked, RECYCLED)).toMatchObject({
      verdict: 'unproven',
      reasons: [{ because: 'attestation-revoked', siteId: 'works', eventIds: [revocation.id] }],
    });
    const withdrawn = attest(chain(), ['depot', 'works']);
    const withdrawal = withdrawn.withdraw('2025-12-01', '2025-02-05');
    expect(line(withdrawn, RECYCLED)).toMatchObject({
      verdict: 'unproven',
      reasons: [{ because: 'accreditation-withdrawn', siteId: 'works', eventIds: [withdrawal.id] }],
    });
    const later = attest(chain(), ['depot', 'works']);
    later.withdraw('2025-12-01', '2025-02-11');
    expect(line(later, RECYCLED).verdict).toBe('holds');
  });

  it('is broken, and not merely unproven, where it would not be enough even if all were vouched for', () => {
    expect(line(chain(), recycled('0.6'))).toMatchObject({
      verdict: 'broken',
      reasons: [{ because: 'share-below-threshold' }],
    });
  });

  it('counts as proven the grams alone that came by those who are vouched for', () => {
    const writer = attest(chain(), ['depot', 'works']);
    writer.open('yard', 'KR');
    writer.register('2025-03-01', 'yard', 'more', 1_000, { cobalt: 300 }, { origin: { kind: 'end-of-life' } });
    writer.dispatch('2025-03-02', 'yard', 'works', 'more');
    writer.receive('2025-03-10', 'works', 'yard', 'more', 1_000);
    writer.transform('2025-03-11', 'works', { more: 1_000 }, { lye: [900, { cobalt: 300 }] }, { process: 'recycling' });
    writer.transform('2025-03-12', 'works', { sheet: 1_500, lye: 900 }, { mix: [2_000, { cobalt: 1_200 }] });
    writer.split('2025-03-13', 'works', 'mix', { part: 500 });
    const of = (batch: string) => writer.ask(recycled('0.6'), batch, AT);
    expect(of('mix')).toMatchObject({
      verdict: 'unproven',
      claims: [{ lower: '0.384616', upper: '0.615386', recycledMilligrams: 346_154, unvouchedMilligrams: 207_693 }],
      reasons: [{ because: 'not-vouched', siteId: 'yard', batchId: 'more' }],
    });
    expect(of('part').claims[0]).toMatchObject({
      lower: '0.384613',
      recycledGrams: 115,
      unvouchedGrams: 69,
      totalGrams: 300,
    });
    expect(writer.ask(recycled('0.38'), 'part', AT).verdict).toBe('holds');
    attest(writer, ['yard']);
    expect(of('mix')).toMatchObject({ verdict: 'holds', claims: [{ lower: '0.615386', unvouchedMilligrams: 0 }] });
  });

  it('of manufacturing waste needs its maker vouched for, when the waste was made', () => {
    const waste = (vouched: readonly string[], from?: string): ChainWriter => {
      const writer = new ChainWriter();
      writer.open('cells', 'JP');
      writer.open('works', 'JP');
      writer.register('2025-01-10', 'cells', 'sheet', 1_000, { cobalt: 500 });
      const of = { process: 'electrode', scrap: true } as const;
      writer.transform('2025-02-01', 'cells', { sheet: 1_000 }, { scrap: [900, { cobalt: 500 }] }, of);
      writer.split('2025-02-02', 'cells', 'scrap', { bale: 450 });
      writer.dispatch('2025-02-03', 'cells', 'works', 'bale');
      writer.receive('2025-03-01', 'works', 'cells', 'bale', 450);
      writer.transform(
        '2025-03-02',
        'works',
        { bale: 450 },
        { salt: [400, { cobalt: 250 }] },
        { process: 'recycling' },
      );
      return attest(writer, vouched, from);
    };
    expect(line(waste(['cells', 'works']), RECYCLED, 'salt')).toMatchObject({ verdict: 'holds', lower: '1.000000' });
    expect(line(waste(['works']), RECYCLED, 'salt')).toMatchObject({
      verdict: 'unproven',
      reasons: [{ because: 'not-vouched', siteId: 'cells', batchId: 'scrap' }],
    });
    expect(line(waste(['cells', 'works'], '2025-02-02'), RECYCLED, 'salt').verdict).toBe('unproven');
  });

  it('as declared is proven up to what is vouched for', () => {
    const declared = programmeWith({
      claim: 'recycled-declared',
      minerals: ['cobalt'],
      counts: EU,
      vouched: ['recovered-origin'],
    });
    const writer = chain();
    writer.declare('2025-03-01', 'works', 'sheet', 'cobalt', '0.5');
    expect(line(writer, declared)).toMatchObject({ verdict: 'unproven', reasons: [{ because: 'not-vouched' }, {}] });
    expect(line(attest(writer, ['depot', 'works']), declared).verdict).toBe('holds');
  });
});

describe('origin', () => {
  it('holds by the mines and recyclers that are vouched for where they say they lie', () => {
    expect(line(attest(chain(), ['pit', 'works']), ORIGIN)).toMatchObject({ verdict: 'holds', lower: '1.000000' });
    expect(line(attest(chain(), ['pit']), ORIGIN)).toMatchObject({ verdict: 'holds', lower: '0.500000' });
    expect(line(attest(chain(), ['works']), ORIGIN)).toMatchObject({ verdict: 'holds', lower: '0.500000' });
  });

  it('is not proven by what a mine or a recycler alone says of itself', () => {
    expect(line(attest(chain(), ['depot']), ORIGIN)).toMatchObject({
      verdict: 'unproven',
      lower: '0.000000',
      upper: '1.000000',
      reasons: [
        { because: 'not-vouched', siteId: 'works' },
        { because: 'not-vouched', siteId: 'pit' },
      ],
    });
  });

  it('is not proven by a vouched mine that says its ore was mined in another country', () => {
    const writer = attest(chain({ country: 'AU' }), ['pit']);
    expect(line(writer, ORIGIN).verdict).toBe('holds');
    const elsewhere = new ChainWriter();
    elsewhere.open('dig', 'CN');
    elsewhere.accredit('2024-01-01', '2024-01-01');
    elsewhere.register(
      '2025-01-10',
      'dig',
      'ore',
      1_000,
      { cobalt: 500 },
      { origin: { kind: 'extracted', country: 'AU' } },
    );
    attest(elsewhere, ['dig']);
    expect(line(elsewhere, ORIGIN, 'ore')).toMatchObject({
      verdict: 'unproven',
      reasons: [{ because: 'not-vouched' }],
    });
  });

  it.each([
    ['of a stock that was made', true],
    ['of ore', false],
  ])(
    'is not proven by an assay of the rest %s, after the most of it was mixed with what is vouched for',
    (_, isMade) => {
      for (const found of [{ cobalt: 0 }, { cobalt: 95 }]) {
        const writer = new ChainWriter();
        for (const site of ['pit', 'dig']) writer.open(site, 'AU');
        writer.open('works', 'JP');
        for (const [site, ore] of [
          ['pit', 'good'],
          ['dig', 'bad'],
        ] as const) {
          writer.register('2025-01-10', site, ore, 1_000, { cobalt: 500 });
          writer.dispatch('2025-01-11', site, 'works', ore);
          writer.receive('2025-02-01', 'works', site, ore, 1_000);
        }
        if (isMade) writer.transform('2025-02-02', 'works', { bad: 1_000 }, { stock: [1_000, { cobalt: 500 }] });
        const stock = isMade ? 'stock' : 'bad';
        writer.transform('2025-02-10', 'works', { [stock]: 900, good: 200 }, { sheet: [1_100, { cobalt: 550 }] });
        attest(writer, ['pit']);
        const honest = line(writer, ORIGIN);
        expect(honest).toMatchObject({ verdict: 'unproven', lower: expect.stringMatching(/^0\.1818/) });
        writer.assay('2025-03-01', 'works', stock, found);
        expect(line(writer, ORIGIN)).toEqual(honest);
      }
    },
  );

  it('of a country that does not count stays broken, vouched for or not', () => {
    const writer = new ChainWriter();
    writer.open('dig', 'CN');
    writer.register('2025-01-10', 'dig', 'ore', 1_000, { cobalt: 500 });
    expect(line(writer, ORIGIN, 'ore').verdict).toBe('broken');
  });
});

describe('trade terms', () => {
  it('hold when those who registered and recycled are vouched for where they lie, and only then', () => {
    expect(line(attest(chain(), ['pit', 'depot', 'works']), TERMS).verdict).toBe('holds');
    for (const left of ['pit', 'depot', 'works']) {
      const others = ['pit', 'depot', 'works'].filter((site) => site !== left);
      expect(line(attest(chain(), others), TERMS)).toMatchObject({
        verdict: 'unproven',
        reasons: [{ because: 'not-vouched', siteId: left }],
      });
    }
  });
});

describe('verdicts that rest on vouching', () => {
  it('stand until an attestation that is dated ahead counts, also of a site where nothing stayed a moment', () => {
    const writer = new ChainWriter();
    writer.open('dig', 'AU');
    writer.open('works', 'JP');
    writer.register('2025-01-10', 'dig', 'ore', 1_000, { cobalt: 500 });
    writer.dispatch('2025-01-10', 'dig', 'works', 'ore');
    writer.receive('2025-02-01', 'works', 'dig', 'ore', 1_000);
    writer.attest('2026-02-01', 'late', 'dig', FACTS, '2025-01-01', '2027-01-01');
    const before = writer.ask(ORIGIN, 'ore', AT);
    expect(before).toMatchObject({ verdict: 'unproven', standsUntil: '2026-02-01T00:00:00.000Z' });
    expect(writer.ask(ORIGIN, 'ore', '2026-02-01').verdict).toBe('holds');
  });
});
