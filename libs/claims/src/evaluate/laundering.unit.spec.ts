/** Attempts to turn mined metal into recycled metal, and what honest participants do in the same situations. */
import { describe, expect, it } from '@jest/globals';
import { buildGraph } from '../graph/index.js';
import { LedgerWriter } from '../graph/testing/ledger-writer.js';
import { type Counts } from '../programmes/index.js';
import { ISO_14021, recycledShareOf } from './counted-content.js';

/** Regulation (EU) 2023/1542, Art. 8(1): battery manufacturing waste, one's own and returned too, and post-consumer waste. */
const EU: Counts = {
  classes: ['post-consumer', 'manufacturing-waste'],
  manufacturingWaste: 'battery',
  ownWaste: true,
  returned: true,
  recovered: true,
};

/**
 * Cathode maker `maker` (organisation `acme`) has a second site `annex` and its own recycling line; `toll` recycles for
 * others; `trader` only stores. 1,000 g of mined cobalt become 600 g of cathode and 400 g of scrap at `maker`.
 */
function scrapAtMaker(): LedgerWriter {
  const ledger = new LedgerWriter();
  ledger.open('maker', 'acme', 'JP');
  ledger.open('annex', 'acme', 'JP');
  ledger.open('toll', 'tollers', 'KR');
  ledger.open('other-toll', 'refiners', 'US');
  ledger.open('trader', 'traders', 'SG');
  ledger.register('maker', 'mined', 1_000, { cobalt: 1_000 });
  ledger.transform(
    'maker',
    'cathode',
    [['mined', 1_000]],
    [
      ['cathode', 600, { cobalt: 600 }],
      ['scrap', 400, { cobalt: 400 }, 'scrap'],
    ],
  );
  return ledger;
}

/** Ships a batch from the maker to the recycler, and recycles it there. */
function recycle(ledger: LedgerWriter, recycler: string, scrap: string, salt: string, grams = 400): void {
  if (recycler !== 'maker') ledger.ship('maker', recycler, [[scrap, grams]]);
  ledger.transform(recycler, 'recycling', [[scrap, grams]], [[salt, grams, { cobalt: grams }]]);
}

/** The keys of a batch's cobalt, and the grams that count by ISO 14021 and by the EU regulation. */
function cobaltOf(ledger: LedgerWriter, batchId: string) {
  const graph = buildGraph(ledger.events);
  const pool = graph.batches.get(batchId)?.composition.cobalt;
  if (pool === undefined) throw new Error(`no cobalt in ${batchId}`);
  const grams = (counts: Counts): number => recycledShareOf(pool, counts, graph).recycledMilligrams / 1_000;
  return { keys: pool, iso: grams(ISO_14021), eu: grams(EU) };
}

describe('waste that others recover', () => {
  it('is manufacturing waste of its maker and process, recovered by the recycler, and counts', () => {
    const ledger = scrapAtMaker();
    recycle(ledger, 'toll', 'scrap', 'salt');
    expect(cobaltOf(ledger, 'salt')).toEqual({
      keys: { 'JP/manufacturing-waste/maker/cathode/toll': 400_000 },
      iso: 400,
      eu: 400,
    });
  });

  it('counts on in every other process, and at the same site in another process', () => {
    const ledger = scrapAtMaker();
    recycle(ledger, 'toll', 'scrap', 'salt');
    ledger.ship('toll', 'maker', [['salt', 400]]);
    ledger.transform('maker', 'conversion', [['salt', 400]], [['powder', 380, { cobalt: 380 }]]);
    expect(cobaltOf(ledger, 'powder')).toMatchObject({ iso: 380, eu: 380 });
    ledger.ship('maker', 'annex', [['powder', 380]]);
    ledger.transform('annex', 'cathode', [['powder', 380]], [['sheet', 370, { cobalt: 370 }]]);
    expect(cobaltOf(ledger, 'sheet')).toMatchObject({ iso: 370, eu: 370 });
  });

  it('is recovered of primary content alone: undeclared stays undeclared, collected cells get their recycler', () => {
    const ledger = scrapAtMaker();
    ledger.register('maker', 'unknown', 100, { cobalt: 100 }, 'undocumented');
    ledger.register('maker', 'old-cells', 100, { cobalt: 100 }, 'end-of-life');
    ledger.transform(
      'maker',
      'electrode',
      [
        ['scrap', 200],
        ['unknown', 100],
        ['old-cells', 100],
      ],
      [['trimmings', 400, { cobalt: 400 }, 'scrap']],
    );
    recycle(ledger, 'toll', 'trimmings', 'salt');
    expect(cobaltOf(ledger, 'salt').keys).toEqual({
      'JP/manufacturing-waste/maker/electrode/toll': 200_000,
      'ZZ/undeclared': 100_000,
      'ZZ/post-consumer/toll': 100_000,
    });
  });

  it('of collected cells names the first recycler, and no later one', () => {
    const ledger = scrapAtMaker();
    ledger.register('toll', 'cells', 100, { cobalt: 100 }, 'end-of-life');
    expect(cobaltOf(ledger, 'cells')).toMatchObject({ iso: 100, eu: 0 });
    ledger.transform('toll', 'recycling', [['cells', 100]], [['mass', 100, { cobalt: 100 }]]);
    ledger.ship('toll', 'other-toll', [['mass', 100]]);
    ledger.transform('other-toll', 'recycling', [['mass', 100]], [['salt', 100, { cobalt: 100 }]]);
    expect(cobaltOf(ledger, 'salt')).toEqual({ keys: { 'ZZ/post-consumer/toll': 100_000 }, iso: 100, eu: 100 });
  });
});

describe('waste that its own maker recovers', () => {
  it.each(['maker', 'annex'])('at %s is rework by ISO 14021, and battery manufacturing waste in the EU', (recycler) => {
    const ledger = scrapAtMaker();
    recycle(ledger, recycler, 'scrap', 'salt');
    expect(cobaltOf(ledger, 'salt')).toEqual({
      keys: { [`JP/manufacturing-waste/maker/cathode/${recycler}`]: 400_000 },
      iso: 0,
      eu: 400,
    });
  });

  it('behind splits, shipments and a trader is still its maker’s', () => {
    const ledger = scrapAtMaker();
    ledger.ship('maker', 'trader', [['scrap', 400]]);
    ledger.split('trader', 'scrap', [
      ['quarter', 100],
      ['rest', 100],
    ]);
    ledger.ship('trader', 'annex', [['quarter', 100]]);
    ledger.transform('annex', 'recycling', [['quarter', 100]], [['salt', 100, { cobalt: 100 }]]);
    expect(cobaltOf(ledger, 'salt').iso).toBe(0);
    // What went to somebody else is honest.
    ledger.ship('trader', 'toll', [['rest', 100]]);
    ledger.transform('toll', 'recycling', [['rest', 100]], [['tolled', 100, { cobalt: 100 }]]);
    expect(cobaltOf(ledger, 'tolled').iso).toBe(100);
  });
});

describe('waste that comes back to the process that made it', () => {
  it('is returned from then on, round after round', () => {
    const ledger = scrapAtMaker();
    for (let round = 1; round <= 3; round++) {
      const scrap = round === 1 ? 'scrap' : `scrap${round}`;
      recycle(ledger, 'toll', scrap, `salt${round}`);
      ledger.ship('toll', 'maker', [[`salt${round}`, 400]]);
      // All of it is turned into scrap again, for another attempt.
      const again = `scrap${round + 1}`;
      ledger.transform('maker', 'cathode', [[`salt${round}`, 400]], [[again, 400, { cobalt: 400 }, 'scrap']]);
      expect(cobaltOf(ledger, again)).toEqual({
        keys: { 'JP/manufacturing-waste/maker/cathode/toll/returned': 400_000 },
        iso: 0,
        eu: 400,
      });
    }
  });

  it('behind splits, shipments and a blend is told apart from what it was blended with', () => {
    const ledger = scrapAtMaker();
    recycle(ledger, 'toll', 'scrap', 'salt');
    ledger.split('toll', 'salt', [['a', 100]]);
    ledger.ship('toll', 'trader', [['a', 100]]);
    ledger.register('trader', 'fresh', 100, { cobalt: 100 });
    ledger.transform(
      'trader',
      'blending',
      [
        ['a', 100],
        ['fresh', 100],
      ],
      [['blend', 200, { cobalt: 200 }]],
    );
    expect(cobaltOf(ledger, 'blend')).toEqual({
      keys: { 'JP/manufacturing-waste/maker/cathode/toll': 100_000, 'SG/primary': 100_000 },
      iso: 100,
      eu: 100,
    });
    ledger.ship('trader', 'maker', [['blend', 200]]);
    ledger.transform('maker', 'cathode', [['blend', 200]], [['sheet', 200, { cobalt: 200 }]]);
    expect(cobaltOf(ledger, 'sheet').keys).toEqual({
      'JP/manufacturing-waste/maker/cathode/toll/returned': 100_000,
      'SG/primary': 100_000,
    });
    expect(cobaltOf(ledger, 'sheet').iso).toBe(0);
  });

  it('is its first maker’s, whoever recycles it in between', () => {
    const ledger = scrapAtMaker();
    // The toll recycler's line makes scrap of the maker's scrap; a second recycler works it up and sends it back.
    ledger.ship('maker', 'toll', [['scrap', 400]]);
    ledger.transform('toll', 'recycling', [['scrap', 400]], [['dross', 400, { cobalt: 400 }, 'scrap']]);
    ledger.ship('toll', 'other-toll', [['dross', 400]]);
    ledger.transform('other-toll', 'recycling', [['dross', 400]], [['back', 400, { cobalt: 400 }]]);
    expect(cobaltOf(ledger, 'back').keys).toEqual({ 'JP/manufacturing-waste/maker/cathode/toll': 400_000 });
    ledger.ship('other-toll', 'maker', [['back', 400]]);
    ledger.transform('maker', 'cathode', [['back', 400]], [['sheet', 400, { cobalt: 400 }]]);
    expect(cobaltOf(ledger, 'sheet').iso).toBe(0);
  });
});

describe('what is no waste gains nothing', () => {
  it('a blend of scrap loses the flag: recycling it afterwards gains nothing', () => {
    const ledger = scrapAtMaker();
    ledger.transform('maker', 'blending', [['scrap', 400]], [['blend', 400, { cobalt: 400 }]]);
    recycle(ledger, 'toll', 'blend', 'salt');
    expect(cobaltOf(ledger, 'salt')).toMatchObject({ iso: 0, eu: 0 });
  });

  it('mined metal that was never scrap', () => {
    const ledger = scrapAtMaker();
    recycle(ledger, 'toll', 'cathode', 'salt', 600);
    expect(cobaltOf(ledger, 'salt')).toMatchObject({ iso: 0, eu: 0 });
  });

  it('only the process recycling recycles', () => {
    const ledger = scrapAtMaker();
    ledger.ship('maker', 'toll', [['scrap', 400]]);
    ledger.transform('toll', 'refining', [['scrap', 400]], [['salt', 400, { cobalt: 400 }]]);
    expect(cobaltOf(ledger, 'salt')).toMatchObject({ iso: 0, eu: 0 });
  });

  it('scrap of a process that makes no battery is no battery manufacturing waste', () => {
    const ledger = scrapAtMaker();
    ledger.register('trader', 'lump', 100, { cobalt: 100 });
    ledger.transform('trader', 'blending', [['lump', 100]], [['offcut', 100, { cobalt: 100 }, 'scrap']]);
    ledger.ship('trader', 'toll', [['offcut', 100]]);
    ledger.transform('toll', 'recycling', [['offcut', 100]], [['salt', 100, { cobalt: 100 }]]);
    expect(cobaltOf(ledger, 'salt')).toMatchObject({ iso: 100, eu: 0 });
  });

  it('scrap of sites that nobody knows is nobody else’s', () => {
    const ledger = scrapAtMaker();
    ledger.register('stranger', 'lump', 100, { cobalt: 100 });
    ledger.transform('stranger', 'cathode', [['lump', 100]], [['offcut', 100, { cobalt: 100 }, 'scrap']]);
    ledger.ship('stranger', 'toll', [['offcut', 100]]);
    ledger.transform('toll', 'recycling', [['offcut', 100]], [['salt', 100, { cobalt: 100 }]]);
    recycle(ledger, 'nowhere', 'scrap', 'other');
    expect(cobaltOf(ledger, 'salt').iso).toBe(0);
    expect(cobaltOf(ledger, 'other').iso).toBe(0);
  });
});

describe('a share', () => {
  it('of a lot at exactly 16 % stays at 16 % in each of 120 parts', () => {
    const ledger = scrapAtMaker();
    ledger.register('toll', 'cells', 16_000, { cobalt: 1_600 }, 'end-of-life');
    ledger.transform('toll', 'recycling', [['cells', 16_000]], [['recovered', 16_000, { cobalt: 1_600 }]]);
    ledger.register('toll', 'fresh', 84_000, { cobalt: 8_400 });
    ledger.transform(
      'toll',
      'blending',
      [
        ['recovered', 16_000],
        ['fresh', 84_000],
      ],
      [['lot', 100_000, { cobalt: 10_000 }]],
    );
    ledger.split(
      'toll',
      'lot',
      Array.from({ length: 120 }, (_, index): [string, number] => [`part-${index}`, 833]),
    );
    const graph = buildGraph(ledger.events);
    for (let index = 0; index < 120; index++) {
      const pool = graph.batches.get(`part-${index}`)?.composition.cobalt ?? {};
      const { recycledMilligrams, totalMilligrams } = recycledShareOf(pool, EU, graph);
      expect([83_000, 84_000]).toContain(totalMilligrams);
      expect(recycledMilligrams * 100).toBeGreaterThanOrEqual(totalMilligrams * 16);
    }
  });
});
