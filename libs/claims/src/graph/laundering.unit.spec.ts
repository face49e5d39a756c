/** Planted attempts to turn mined metal into recycled metal (ISO 14021, 7.8.1.1), and the one honest way. */
import { describe, expect, it } from '@jest/globals';
import { recycledShare } from './composition.js';
import { buildGraph } from './fold.js';
import { LedgerWriter } from './testing/ledger-writer.js';

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
    'coating',
    [['mined', 1_000]],
    [
      ['cathode', 600, { cobalt: 600 }],
      ['scrap', 400, { cobalt: 400 }, 'scrap'],
    ],
  );
  return ledger;
}

function cobaltOf(ledger: LedgerWriter, batchId: string) {
  const node = buildGraph(ledger.events).batches.get(batchId);
  if (node === undefined) throw new Error(`no ${batchId}`);
  return { composition: node.composition.cobalt, ...recycledShare(node, 'cobalt') };
}

describe('honest scrap', () => {
  it('of another organisation becomes pre-consumer of the same country, with its maker, when it is recycled', () => {
    const ledger = scrapAtMaker();
    ledger.ship('maker', 'toll', [['scrap', 400]]);
    ledger.transform('toll', 'recycling', [['scrap', 400]], [['salt', 390, { cobalt: 390 }]]);
    expect(cobaltOf(ledger, 'salt')).toEqual({
      composition: { 'JP/pre-consumer/maker/coating': 390 },
      recycledGrams: 390,
      undeclaredGrams: 0,
      totalGrams: 390,
    });
  });

  it('stays recycled in every other process, and at the same site in another process', () => {
    const ledger = scrapAtMaker();
    ledger.ship('maker', 'toll', [['scrap', 400]]);
    ledger.transform('toll', 'recycling', [['scrap', 400]], [['salt', 390, { cobalt: 390 }]]);
    ledger.ship('toll', 'maker', [['salt', 390]]);
    ledger.transform('maker', 'calcination', [['salt', 390]], [['powder', 380, { cobalt: 380 }]]);
    expect(cobaltOf(ledger, 'powder').recycledGrams).toBe(380);
    ledger.ship('maker', 'annex', [['powder', 380]]);
    ledger.transform('annex', 'coating', [['powder', 380]], [['sheet', 370, { cobalt: 370 }]]);
    expect(cobaltOf(ledger, 'sheet').recycledGrams).toBe(370);
  });

  it('turns only its primary grams: undeclared stays undeclared, post-consumer what it was', () => {
    const ledger = scrapAtMaker();
    ledger.register('maker', 'unknown', 100, { cobalt: 100 }, 'undocumented');
    ledger.register('maker', 'old-cells', 100, { cobalt: 100 }, 'end-of-life');
    ledger.transform(
      'maker',
      'pressing',
      [
        ['scrap', 200],
        ['unknown', 100],
        ['old-cells', 100],
      ],
      [['trimmings', 400, { cobalt: 400 }, 'scrap']],
    );
    ledger.ship('maker', 'toll', [['trimmings', 400]]);
    ledger.transform('toll', 'recycling', [['trimmings', 400]], [['salt', 400, { cobalt: 400 }]]);
    expect(cobaltOf(ledger, 'salt').composition).toEqual({
      'JP/pre-consumer/maker/pressing': 200,
      'ZZ/undeclared': 100,
      'JP/post-consumer': 100,
    });
  });
});

describe('laundering', () => {
  it('scrap to itself is rework', () => {
    const ledger = scrapAtMaker();
    ledger.transform('maker', 'recycling', [['scrap', 400]], [['salt', 400, { cobalt: 400 }]]);
    expect(cobaltOf(ledger, 'salt')).toMatchObject({ composition: { 'JP/primary': 400 }, recycledGrams: 0 });
  });

  it('scrap to another site of the same organisation is rework', () => {
    const ledger = scrapAtMaker();
    ledger.ship('maker', 'annex', [['scrap', 400]]);
    ledger.transform('annex', 'recycling', [['scrap', 400]], [['salt', 400, { cobalt: 400 }]]);
    expect(cobaltOf(ledger, 'salt').recycledGrams).toBe(0);
  });

  it('scrap by way of a toll recycler back into the process that made it turns back to primary, round after round', () => {
    const ledger = scrapAtMaker();
    for (let round = 1; round <= 3; round++) {
      const scrap = round === 1 ? 'scrap' : `scrap${round}`;
      ledger.ship('maker', 'toll', [[scrap, 400]]);
      ledger.transform('toll', 'recycling', [[scrap, 400]], [[`salt${round}`, 400, { cobalt: 400 }]]);
      expect(cobaltOf(ledger, `salt${round}`).composition).toEqual({ 'JP/pre-consumer/maker/coating': 400 });
      ledger.ship('toll', 'maker', [[`salt${round}`, 400]]);
      // All of it is made scrap again, to have another go.
      ledger.transform(
        'maker',
        'coating',
        [[`salt${round}`, 400]],
        [[`scrap${round + 1}`, 400, { cobalt: 400 }, 'scrap']],
      );
      expect(cobaltOf(ledger, `scrap${round + 1}`)).toMatchObject({
        composition: { 'JP/primary': 400 },
        recycledGrams: 0,
      });
    }
  });

  it('scrap behind splits, shipments and a trader is still its maker’s', () => {
    const ledger = scrapAtMaker();
    ledger.ship('maker', 'trader', [['scrap', 400]]);
    ledger.split('trader', 'scrap', [
      ['half', 200],
      ['quarter', 100],
      ['rest', 100],
    ]);
    ledger.ship('trader', 'annex', [
      ['half', 200],
      ['quarter', 100],
    ]);
    ledger.split('annex', 'half', [
      ['eighth', 50],
      ['other', 150],
    ]);
    ledger.transform(
      'annex',
      'recycling',
      [
        ['eighth', 50],
        ['quarter', 100],
      ],
      [['salt', 150, { cobalt: 150 }]],
    );
    expect(cobaltOf(ledger, 'salt').recycledGrams).toBe(0);
    // What went to somebody else is honest.
    ledger.ship('trader', 'toll', [['rest', 100]]);
    ledger.transform('toll', 'recycling', [['rest', 100]], [['tolled', 100, { cobalt: 100 }]]);
    expect(cobaltOf(ledger, 'tolled').recycledGrams).toBe(100);
  });

  it('pre-consumer behind splits, shipments and a blend turns back at the process that made it', () => {
    const ledger = scrapAtMaker();
    ledger.ship('maker', 'toll', [['scrap', 400]]);
    ledger.transform('toll', 'recycling', [['scrap', 400]], [['salt', 400, { cobalt: 400 }]]);
    ledger.split('toll', 'salt', [
      ['a', 100],
      ['b', 300],
    ]);
    ledger.ship('toll', 'trader', [
      ['a', 100],
      ['b', 300],
    ]);
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
    expect(cobaltOf(ledger, 'blend').composition).toEqual({ 'JP/pre-consumer/maker/coating': 100, 'SG/primary': 100 });
    ledger.ship('trader', 'maker', [['blend', 200]]);
    ledger.transform('maker', 'coating', [['blend', 200]], [['sheet', 200, { cobalt: 200 }]]);
    expect(cobaltOf(ledger, 'sheet')).toMatchObject({
      composition: { 'JP/primary': 100, 'SG/primary': 100 },
      recycledGrams: 0,
    });
  });

  it('a blend of scrap loses the flag: recycling it afterwards gains nothing', () => {
    const ledger = scrapAtMaker();
    ledger.transform('maker', 'blending', [['scrap', 400]], [['blend', 400, { cobalt: 400 }]]);
    ledger.ship('maker', 'toll', [['blend', 400]]);
    ledger.transform('toll', 'recycling', [['blend', 400]], [['salt', 400, { cobalt: 400 }]]);
    expect(cobaltOf(ledger, 'salt').recycledGrams).toBe(0);
  });

  it('mined metal that was never scrap gains nothing by recycling', () => {
    const ledger = scrapAtMaker();
    ledger.ship('maker', 'toll', [['cathode', 600]]);
    ledger.transform('toll', 'recycling', [['cathode', 600]], [['salt', 600, { cobalt: 600 }]]);
    expect(cobaltOf(ledger, 'salt').recycledGrams).toBe(0);
  });

  it('only a process named recycling recycles', () => {
    const ledger = scrapAtMaker();
    ledger.ship('maker', 'toll', [['scrap', 400]]);
    ledger.transform('toll', 'refining', [['scrap', 400]], [['salt', 400, { cobalt: 400 }]]);
    expect(cobaltOf(ledger, 'salt').recycledGrams).toBe(0);
  });

  it('scrap of unknown organisations is not of another organisation', () => {
    const ledger = scrapAtMaker();
    ledger.register('stranger', 'lump', 100, { cobalt: 100 });
    ledger.transform('stranger', 'coating', [['lump', 100]], [['offcut', 100, { cobalt: 100 }, 'scrap']]);
    ledger.ship('stranger', 'toll', [['offcut', 100]]);
    ledger.transform('toll', 'recycling', [['offcut', 100]], [['salt', 100, { cobalt: 100 }]]);
    ledger.ship('maker', 'nowhere', [['scrap', 400]]);
    ledger.transform('nowhere', 'recycling', [['scrap', 400]], [['other', 400, { cobalt: 400 }]]);
    expect(cobaltOf(ledger, 'salt').recycledGrams).toBe(0);
    expect(cobaltOf(ledger, 'other').recycledGrams).toBe(0);
  });

  it('the recycler’s own scrap comes back as rework, whoever recycles in between', () => {
    const ledger = scrapAtMaker();
    // The toll recycler's line makes scrap of the maker's scrap; a second recycler works it up and sends it back.
    ledger.ship('maker', 'toll', [['scrap', 400]]);
    ledger.transform('toll', 'recycling', [['scrap', 400]], [['dross', 400, { cobalt: 400 }, 'scrap']]);
    ledger.ship('toll', 'other-toll', [['dross', 400]]);
    ledger.transform('other-toll', 'recycling', [['dross', 400]], [['back', 400, { cobalt: 400 }]]);
    // Already the first maker's: recycling it twice does not change whose scrap it was.
    expect(cobaltOf(ledger, 'back').composition).toEqual({ 'JP/pre-consumer/maker/coating': 400 });
    ledger.ship('other-toll', 'maker', [['back', 400]]);
    ledger.transform('maker', 'coating', [['back', 400]], [['sheet', 400, { cobalt: 400 }]]);
    expect(cobaltOf(ledger, 'sheet').recycledGrams).toBe(0);
  });

  it('scrap whose primary grams once were this recycler’s pre-consumer is judged by what enters, each gram once', () => {
    const ledger = scrapAtMaker();
    ledger.register('toll', 'feed', 100, { cobalt: 100 });
    ledger.transform('toll', 'recycling', [['feed', 100]], [['sludge', 100, { cobalt: 100 }, 'scrap']]);
    ledger.ship('toll', 'other-toll', [['sludge', 100]]);
    ledger.transform('other-toll', 'recycling', [['sludge', 100]], [['cleaned', 100, { cobalt: 100 }]]);
    ledger.ship('other-toll', 'maker', [['cleaned', 100]]);
    ledger.transform('maker', 'pressing', [['cleaned', 100]], [['offcut', 100, { cobalt: 100 }, 'scrap']]);
    expect(cobaltOf(ledger, 'offcut').composition).toEqual({ 'KR/pre-consumer/toll/recycling': 100 });
    ledger.ship('maker', 'toll', [['offcut', 100]]);
    ledger.transform('toll', 'recycling', [['offcut', 100]], [['last', 100, { cobalt: 100 }]]);
    expect(cobaltOf(ledger, 'last').composition).toEqual({ 'KR/primary': 100 });
  });
});
