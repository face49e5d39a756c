import { describe, it } from '@jest/globals';
import { expect } from '@jest/globals';
import { foldAccount } from '../account/evolve-account.js';
import { type SiteEvent, type SiteEvents } from '../events.js';
import { held, opened, registered, SENT, shipment, taken } from '../testing/custody-events.js';
import { EARLIER, given, recorded } from '../testing/site-scenario.js';
import { noFacts } from './slice.js';
import { decideAtSite } from './site-commands.js';

const plant = (): SiteEvent[] => [opened('battery'), registered('b', 100, { cobalt: 10 })];
const pack = { kind: 'battery', model: 'P', category: 'ev' } as const;

function assembled(productId: string, changes: Partial<SiteEvents['ProductAssembled']> = {}): SiteEvent {
  const inputs = [{ batchId: 'b', grossGrams: 40 }];
  return { type: 'ProductAssembled', data: { productId, ...pack, inputs, products: [], ...changes } };
}
const asItLeft = { kind: 'battery', grossGrams: 40, contentGrams: { cobalt: 4 }, labels: [] } as const;
function returned(productId: string): SiteEvent {
  return { type: 'ProductReturned', data: { productId, ...asItLeft, labels: [] } };
}
const onMarket = (productId: string) => ({
  placements: new Map([[productId, { occurredAt: EARLIER, data: { ...asItLeft, labels: [] } }]]),
});

describe('assembling a product', () => {
  const body = { productId: 'p', ...pack, inputs: [{ batchId: 'b', grossGrams: 40 }] };

  it('is recorded as it was sent; what it is made of is said, what it holds is derived', () => {
    given(...plant())
      .when({ kind: 'products', body })
      .then({ type: 'ProductAssembled', data: { ...body, products: [] } });
    const account = foldAccount(recorded(...plant(), assembled('p')));
    expect(account.batches.get('p')).toMatchObject({
      material: 'battery',
      grossGrams: 40,
      contentGrams: { cobalt: 4 },
      product: { kind: 'battery' },
    });
    expect(account.batches.get('b')).toMatchObject({ grossGrams: 60, contentGrams: { cobalt: 6 } });
  });

  it('takes products whole', () => {
    const account = foldAccount(
      recorded(...plant(), assembled('p'), assembled('big', { inputs: [], products: ['p'], grossGrams: 90 })),
    );
    expect(account.batches.get('big')).toMatchObject({ grossGrams: 90, contentGrams: { cobalt: 4 } });
    expect(account.batches.has('p')).toBe(false);
  });

  it.each([
    ['of nothing', { inputs: [] }, 'invalid-request', 'inputs'],
    [
      'of more than there is',
      { inputs: [{ batchId: 'b', grossGrams: 101 }] },
      'not-enough-left',
      'inputs[0].grossGrams',
    ],
    ['of what is not here', { inputs: [{ batchId: 'c', grossGrams: 1 }] }, 'batch-not-here', 'inputs[0].batchId'],
    ['of a batch named as a product', { products: ['b'] }, 'not-a-product', 'products[0]'],
    [
      'of a product named as a batch',
      { inputs: [{ batchId: 'q', grossGrams: 1 }] },
      'not-a-batch',
      'inputs[0].batchId',
    ],
    ['of a product twice', { products: ['q', 'q'] }, 'invalid-request', 'products[1]'],
    ['lighter than its content', { grossGrams: 3 }, 'content-over-gross', 'grossGrams'],
    ['without its category', { category: undefined }, 'invalid-request', 'category'],
    ['with a GTIN whose check digit is wrong', { productId: '01/09521234543214/21/1' }, 'invalid-request', 'productId'],
    ['with a GTIN spelt otherwise', { productId: '01/09521234543213/21/1' }, 'invalid-request', 'productId'],
  ] as const)('is refused %s', (_, changes, code, path) => {
    const command = { kind: 'products', body: { ...body, ...(changes as object) } } as const;
    given(...plant(), assembled('q', { inputs: [{ batchId: 'b', grossGrams: 1 }] }))
      .when(command)
      .thenRefused(code, path);
  });

  it('is refused at a site that makes none, of a batch that is held, with an id that is taken', () => {
    given(opened('storage'), registered('b', 100))
      .when({ kind: 'products', body })
      .thenRefused('activity-mismatch', 'kind');
    given(...plant(), held('b'))
      .when({ kind: 'products', body })
      .thenRefused('batch-held', 'inputs[0].batchId');
    for (const kind of ['batch', 'transformation'] as const) {
      given(...plant())
        .knowing(taken({ kind, id: 'p' }))
        .when({ kind: 'products', body })
        .thenRefused('id-taken', 'productId');
    }
  });

  it('leaves a product that no command on batches takes apart', () => {
    const made = given(...plant(), assembled('p'));
    made
      .when({ kind: 'splits', body: { batchId: 'p', parts: [{ batchId: 'x', grossGrams: 1 }] } })
      .thenRefused('not-a-batch', 'batchId');
    made
      .when({ kind: 'disposals', body: { batchId: 'p', grossGrams: 1, reason: 'r' } })
      .thenRefused('not-a-batch', 'batchId');
    made
      .when({ kind: 'consumptions', body: { batchId: 'p', grossGrams: 1, productId: 'car' } })
      .thenRefused('not-a-batch', 'batchId');
  });
});

describe('assembling a run', () => {
  const ids = Array.from({ length: 10_000 }, (_, index) => `p${index}`);
  const body = { runId: 'r', productIds: ids, ...pack, grossGrams: 9, inputs: [{ batchId: 'b', grossGrams: 100_003 }] };
  const many = [opened('battery'), registered('b', 200_000, { cobalt: 20_000 })];

  it('of ten thousand is one event, and shares out what went in to the gram', () => {
    const decision = decideAtSite({ kind: 'product-runs', body }, foldAccount(recorded(...many)), noFacts(), {
      occurredAt: EARLIER,
      now: EARLIER,
      authority: 'a',
    });
    if (!decision.accepted) throw new Error(decision.refusal.detail);
    expect(decision.events).toHaveLength(1);
    const { batches } = foldAccount(recorded(...many, decision.events[0]!));
    const cobalt = ids.map((id) => batches.get(id)?.contentGrams.cobalt ?? 0);
    expect(cobalt.reduce((sum, grams) => sum + grams, 0)).toBe(10_000);
    expect(new Set(cobalt)).toEqual(new Set([1]));
    expect(batches.get('b')).toMatchObject({ grossGrams: 99_997, contentGrams: { cobalt: 10_000 } });
  });

  it('is refused of products that would weigh nothing, and with an id that is taken or named twice', () => {
    const { grossGrams, ...unweighed } = body;
    expect(grossGrams).toBeGreaterThan(0);
    given(...many)
      .when({ kind: 'product-runs', body: { ...unweighed, inputs: [{ batchId: 'b', grossGrams: 9_999 }] } })
      .thenRefused('invalid-request', 'inputs');
    given(...many)
      .knowing(taken({ kind: 'batch', id: 'p7' }))
      .when({ kind: 'product-runs', body })
      .thenRefused('id-taken', 'productIds[7]');
    given(...many)
      .when({ kind: 'product-runs', body: { ...body, productIds: ['a', 'a'] } })
      .thenRefused('invalid-request', 'productIds[1]');
  });
});

describe('placing a product on the market', () => {
  const body = { productId: 'p', date: '2025-06-01', country: 'DE' };
  const here = given(...plant(), assembled('p'));

  it('records what left, and the site has it no more', () => {
    here
      .when({ kind: 'placements', body })
      .then({ type: 'ProductPlacedOnMarket', data: { ...body, ...asItLeft, labels: [] } });
    const placed: SiteEvent = { type: 'ProductPlacedOnMarket', data: { ...body, ...asItLeft, labels: [] } };
    given(...plant(), assembled('p'), placed)
      .when({ kind: 'placements', body })
      .thenRefused('batch-not-here', 'productId');
  });

  it('is refused of a batch, on no day, on a day to come or before the product was there, and a second time', () => {
    here.when({ kind: 'placements', body: { ...body, productId: 'b' } }).thenRefused('not-a-product', 'productId');
    here.when({ kind: 'placements', body: { ...body, date: '2025-02-29' } }).thenRefused('invalid-request', 'date');
    here
      .when({ kind: 'placements', body: { ...body, date: '2025-06-02' } })
      .thenRefused('occurred-out-of-order', 'date');
    here
      .when({ kind: 'placements', body: { ...body, date: '2025-02-28' } })
      .thenRefused('occurred-out-of-order', 'date');
    given(...plant(), returned('p'))
      .when({ kind: 'placements', body })
      .thenRefused('invalid-request', 'productId');
  });
});

describe('taking a product back', () => {
  const body = { productId: 'p' };

  it('has it as it left', () => {
    given(opened('recycling'))
      .knowing(onMarket('p'))
      .when({ kind: 'takebacks', body })
      .then({ type: 'ProductReturned', data: { ...body, ...asItLeft, labels: [] } });
    const { batches } = foldAccount(recorded(opened('recycling'), returned('p')));
    expect(batches.get('p')).toMatchObject({ material: 'battery', product: { kind: 'battery', returned: true } });
  });

  it('is refused in the same words of one never placed, of one taken back and of none', () => {
    given(opened('recycling')).when({ kind: 'takebacks', body }).thenRefused('not-on-market', 'productId');
    given(opened('recycling'))
      .knowing({ ...onMarket('p'), ...taken({ kind: 'takeback', id: 'p' }) })
      .when({ kind: 'takebacks', body })
      .thenRefused('not-on-market', 'productId');
  });

  it('is refused before it was placed', () => {
    given(opened('recycling'))
      .knowing(onMarket('p'))
      .when({ kind: 'takebacks', body }, { occurredAt: '2025-01-01T00:00:00.000Z' })
      .thenRefused('occurred-out-of-order', 'occurredAt');
  });
});

describe('what was taken back', () => {
  const back = [opened('recycling'), returned('p')];
  const waste = { batchId: 'w', material: 'end-of-life-batteries', products: ['p'] };

  it('is repurposed under a new id, and not placed or used as it is', () => {
    const body = { productId: 'home', kind: 'battery', model: 'H', category: 'industrial', products: ['p'] } as const;
    given(...back)
      .when({ kind: 'repurposings', body: { ...body, products: ['p'] } })
      .then({ type: 'ProductRepurposed', data: { ...body, products: ['p'] } });
    given(...plant(), assembled('q'))
      .when({ kind: 'repurposings', body: { ...body, products: ['q'] } })
      .thenRefused('invalid-request', 'products[0]');
    given(opened('battery'), returned('p'))
      .when({ kind: 'products', body: { productId: 'n', ...pack, products: ['p'] } })
      .thenRefused('invalid-request', 'products[0]');
  });

  it('is wasted by a recycler, all of its matter in one batch', () => {
    given(...back)
      .when({ kind: 'product-wastes', body: waste })
      .then({ type: 'ProductWasted', data: { ...waste, process: 'take-back' } });
    const event: SiteEvent = { type: 'ProductWasted', data: { ...waste, process: 'take-back', grossGrams: 50 } };
    const { batches } = foldAccount(recorded(...back, event));
    expect([...batches.keys()]).toEqual(['w']);
    expect(batches.get('w')).toMatchObject({ grossGrams: 50, contentGrams: { cobalt: 4 } });
    expect(batches.get('w')?.product).toBeUndefined();
  });

  it('is not wasted elsewhere, as no waste, or together with what never left', () => {
    given(opened('battery'), returned('p'))
      .when({ kind: 'product-wastes', body: waste })
      .thenRefused('activity-mismatch', 'products');
    given(...back)
      .when({ kind: 'product-wastes', body: { ...waste, material: 'battery' } })
      .thenRefused('not-waste', 'material');
    given(opened('recycling', 'battery'), registered('b', 100, {}), assembled('q'), returned('p'))
      .when({ kind: 'product-wastes', body: { ...waste, products: ['p', 'q'] } })
      .thenRefused('invalid-request', 'products[1]');
    given(...back)
      .when({ kind: 'product-wastes', body: { ...waste, grossGrams: 3 } })
      .thenRefused('content-over-gross', 'grossGrams');
  });

  it('is production scrap of the plant when it never left it', () => {
    const body = { batchId: 'w', material: 'battery-scrap', products: ['q'] };
    given(...plant(), assembled('q'))
      .when({ kind: 'product-wastes', body })
      .then({ type: 'ProductWasted', data: { ...body, process: 'battery' } });
  });
});

describe('a product that is sent', () => {
  it('arrives as a product, taken back or not', () => {
    const sent = { ...SENT, product: { kind: 'cell', returned: true } } as const;
    given(opened())
      .knowing(shipment('there', 'here', [{ ...sent, labels: [] }]))
      .when({ kind: 'receipts', body: { shipmentId: 's', batches: [{ batchId: 'b', grossGrams: 1000 }] } })
      .then({
        type: 'BatchesReceived',
        data: {
          shipmentId: 's',
          consignorSiteId: 'there',
          batches: [{ ...sent, labels: [] }],
        },
      });
    const dispatched = given(...plant(), assembled('p'))
      .knowing({ sites: new Set(['there']) })
      .when({ kind: 'dispatches', body: { shipmentId: 's', consigneeSiteId: 'there', batchIds: ['p'] } });
    dispatched.thenAccepted();
  });
});
