import { describe, expect, it } from '@jest/globals';
import { type Batch, type Site } from '../api/answers.js';
import { balanceOf, refusalOf, type Transformation } from './trial.js';

const SITE: Site = {
  siteId: 'kurobe-works',
  organisationId: 'kurobe',
  name: 'Kurobe works',
  country: 'JP',
  activities: ['recycling'],
  openedAt: '2026-01-01T00:00:00.000Z',
};
const HOLD = {
  authority: 'customs',
  reason: 'papers missing',
  since: '2026-02-01T00:00:00.000Z',
  eventId: 'f1209983-6d56-598b-b49d-ae0346cbff47',
};
const CELLS: Batch = {
  batchId: 'cells',
  material: 'waste-battery',
  status: 'at-site',
  grossGrams: 1_000,
  contentGrams: { cobalt: 100 },
  contentKnown: true,
  composition: {},
  labels: [],
  held: false,
};

function shredding(change: Partial<Transformation> = {}, cobalt = 50): Transformation {
  return {
    transformationId: 't',
    process: 'recycling',
    chainOfCustody: 'controlled-blending',
    inputs: [{ batchId: 'cells', grossGrams: 500 }],
    outputs: [{ batchId: 'mass', material: 'black-mass', grossGrams: 300, contentGrams: { cobalt } }],
    ...change,
  };
}

describe('a transformation, before it is sent', () => {
  it('is taken as the ledger takes it', () => {
    expect(refusalOf(SITE, [CELLS], shredding())).toBeUndefined();
  });

  it.each<[string, Transformation, Partial<Batch>, Partial<Site>]>([
    ['mass-not-conserved', shredding({}, 60), {}, {}],
    ['not-enough-left', shredding({ inputs: [{ batchId: 'cells', grossGrams: 1_001 }] }), {}, {}],
    ['batch-not-here', shredding({ inputs: [{ batchId: 'other', grossGrams: 1 }] }), {}, {}],
    ['batch-held', shredding(), { held: true }, {}],
    ['site-held', shredding(), {}, { hold: HOLD }],
    ['activity-mismatch', shredding(), {}, { activities: ['mining'] }],
  ])('is refused with %s', (code, body, batch, site) => {
    expect(refusalOf({ ...SITE, ...site }, [{ ...CELLS, ...batch }], body)?.code).toBe(code);
  });

  it('has the balance that the ledger works out: content in proportion to what is used', () => {
    const { rows, isContentUnknown } = balanceOf(shredding({ reagentGrams: 20 }), [CELLS]);
    expect(rows).toEqual([
      { of: 'gross', gramsIn: 520, gramsOut: 300 },
      { of: 'cobalt', gramsIn: 50, gramsOut: 50 },
    ]);
    expect(isContentUnknown).toBe(false);
    expect(balanceOf(shredding(), [{ ...CELLS, contentKnown: false }]).isContentUnknown).toBe(true);
  });
});
