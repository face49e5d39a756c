import { describe, it } from '@jest/globals';
import { MAX_GRAMS } from '#vocabulary';
import { type BatchesTransformed, type SiteEvent } from '../events.js';
import { opened, registered, taken } from '../testing/custody-events.js';
import { given } from '../testing/site-scenario.js';

const body: BatchesTransformed = {
  transformationId: 't',
  process: 'refining',
  chainOfCustody: 'controlled-blending',
  inputs: [
    { batchId: 'a', grossGrams: 10_000 },
    { batchId: 'b', grossGrams: 5_000 },
  ],
  outputs: [
    { batchId: 'x', material: 'mixed-metal-sulphate', grossGrams: 9_000, contentGrams: { cobalt: 1_500, nickel: 400 } },
    { batchId: 'y', material: 'metal-scrap', grossGrams: 6_000, contentGrams: { nickel: 100 }, scrap: true },
  ],
};
/** 10,000 g of a with 1,000 g cobalt; half of b's 10,000 g with 1,000 g cobalt and 1,000 g nickel. */
const stock: SiteEvent[] = [
  opened('refining'),
  registered('a', 10_000, { cobalt: 1_000 }),
  registered('b', 10_000, { cobalt: 1_000, nickel: 1_000 }),
];
const transform = (changes: Partial<BatchesTransformed> = {}) => ({
  kind: 'transformations' as const,
  body: { ...body, ...changes },
});
const output = (grossGrams: number, contentGrams: BatchesTransformed['outputs'][0]['contentGrams']) =>
  transform({ outputs: [{ batchId: 'x', material: 'polymetallic-concentrate', grossGrams, contentGrams }] });

describe('transforming batches', () => {
  it('records inputs and outputs', () => {
    given(...stock)
      .when(transform())
      .then({ type: 'BatchesTransformed', data: body });
  });

  it('records reagents', () => {
    given(...stock)
      .when(transform({ reagentGrams: 7 }))
      .then({ type: 'BatchesTransformed', data: { ...body, reagentGrams: 7 } });
  });

  it('takes the transformation id and each output id once', () => {
    given(...stock)
      .knowing(taken({ kind: 'transformation', id: 't' }))
      .when(transform())
      .thenRefused('id-taken', 'transformationId');
    given(...stock)
      .knowing(taken({ kind: 'batch', id: 'y' }))
      .when(transform())
      .thenRefused('id-taken', 'outputs[1].batchId');
  });

  it('lists a batch once', () => {
    const input = { batchId: 'a', grossGrams: 1 };
    given(...stock)
      .when(transform({ inputs: [input, input] }))
      .thenRefused('invalid-request', 'inputs[1].batchId');
    const [first] = body.outputs;
    given(...stock)
      .when(transform({ outputs: first ? [first, first] : [] }))
      .thenRefused('invalid-request', 'outputs[1].batchId');
  });

  it('uses no more of an input than is left', () => {
    given(...stock)
      .when(transform({ inputs: [{ batchId: 'a', grossGrams: 10_001 }] }))
      .thenRefused('not-enough-left', 'inputs[0].grossGrams');
  });

  it('uses and makes something', () => {
    given(...stock)
      .when(transform({ inputs: [{ batchId: 'a', grossGrams: 0 }] }))
      .thenRefused('invalid-request', 'inputs[0].grossGrams');
    given(...stock)
      .when(output(0, {}))
      .thenRefused('invalid-request', 'outputs[0].grossGrams');
  });

  it('contains no more than it weighs', () => {
    given(...stock)
      .when(output(100, { cobalt: 101 }))
      .thenRefused('content-over-gross', 'outputs[0].contentGrams');
  });
});

describe('conservation in a transformation', () => {
  it('lets outputs weigh as much as inputs and reagents, to the gram', () => {
    given(...stock)
      .when(output(15_000, {}))
      .thenAccepted();
    given(...stock)
      .when(output(15_001, {}))
      .thenRefused('mass-not-conserved', 'outputs');
    const [first] = body.outputs;
    const outputs = first ? [{ ...first, grossGrams: 15_001 }] : [];
    given(...stock)
      .when(transform({ outputs, reagentGrams: 1 }))
      .thenAccepted();
  });

  it('lets a mineral exceed what came in by 0.5 %, to the gram', () => {
    given(...stock)
      .when(output(15_000, { cobalt: 1_507, nickel: 502 }))
      .thenAccepted();
    given(...stock)
      .when(output(15_000, { cobalt: 1_508 }))
      .thenRefused('mass-not-conserved', 'outputs');
    given(...stock)
      .when(output(15_000, { nickel: 503 }))
      .thenRefused('mass-not-conserved', 'outputs');
  });

  it('lets no mineral appear that did not come in', () => {
    given(...stock)
      .when(output(15_000, { lithium: 1 }))
      .thenRefused('mass-not-conserved', 'outputs');
  });

  it('does not make a loss of one mineral good with another', () => {
    given(...stock)
      .when(output(15_000, { nickel: 600 }))
      .thenRefused('mass-not-conserved', 'outputs');
  });

  it('adds masses exactly beyond the safe integers', () => {
    const big = [opened(), registered('a', MAX_GRAMS), registered('b', MAX_GRAMS)];
    const inputs = ['a', 'b'].map((batchId) => ({ batchId, grossGrams: MAX_GRAMS }));
    const outputs = ['x', 'y'].map((batchId) => ({
      batchId,
      material: 'polymetallic-concentrate',
      grossGrams: MAX_GRAMS,
      contentGrams: {},
    }));
    given(...big)
      .when(transform({ inputs, outputs }))
      .thenAccepted();
    const more = [...outputs, { batchId: 'z', material: 'polymetallic-concentrate', grossGrams: 1, contentGrams: {} }];
    given(...big)
      .when(transform({ inputs, outputs: more }))
      .thenRefused('mass-not-conserved', 'outputs');
  });
});

describe('the tables', () => {
  const works = (...activities: Parameters<typeof opened>) => given(opened(...activities), ...stock.slice(1));
  const scrap = (material: string, process = 'refining') =>
    transform({ process, outputs: [{ batchId: 'x', material, grossGrams: 100, contentGrams: {}, scrap: true }] });

  it('let waste be recycled at a recycler only', () => {
    const recycle = transform({ process: 'recycling', outputs: body.outputs.slice(0, 1) });
    works('storage', 'refining').when(recycle).thenRefused('activity-mismatch', 'process');
    works('recycling').when(recycle).thenAccepted();
  });

  it('take no product for scrap, and nothing for scrap of a process that makes none', () => {
    works('refining').when(scrap('nickel-metal')).thenRefused('not-waste', 'outputs[0].material');
    works('refining').when(scrap('metal-scrap', 'leaching')).thenRefused('not-waste', 'outputs[0].scrap');
    works('refining').when(scrap('metal-scrap')).thenAccepted();
  });

  it('bound the content of an output', () => {
    const outputs = (cobalt: number) => [
      { batchId: 'x', material: 'cobalt-sulphate-heptahydrate', grossGrams: 5_000, contentGrams: { cobalt } },
    ];
    works('refining')
      .when(transform({ outputs: outputs(1_054) }))
      .thenAccepted();
    works('refining')
      .when(transform({ outputs: outputs(1_056) }))
      .thenRefused('content-over-stoichiometry', 'outputs[0].contentGrams.cobalt');
  });

  it('want a text for a process that they do not name', () => {
    const other = transform({ process: 'other', outputs: body.outputs.slice(0, 1) });
    works('refining').when(other).thenRefused('invalid-request', 'otherProcess');
    works('refining')
      .when({ ...other, body: { ...other.body, otherProcess: 'plasma' } })
      .thenAccepted();
  });
});

describe('an input of unknown content', () => {
  const unknown = [opened(), registered('a', 10_000, { cobalt: 1_000 }), registered('b', 5_000)];

  it('may have held as much as it weighs', () => {
    given(...unknown)
      .when(output(15_000, { cobalt: 3_500, nickel: 2_500 }))
      .thenAccepted();
    given(...unknown)
      .when(output(15_000, { cobalt: 3_500, nickel: 2_501 }))
      .thenRefused('mass-not-conserved', 'outputs');
  });

  it('explains no more than the part of it that is used', () => {
    const inputs = [{ batchId: 'b', grossGrams: 100 }];
    const outputs = (cobalt: number) => [
      { batchId: 'x', material: 'polymetallic-concentrate', grossGrams: 100 + cobalt, contentGrams: { cobalt } },
    ];
    given(...unknown)
      .when(transform({ inputs, outputs: outputs(100), reagentGrams: 1_000 }))
      .thenAccepted();
    given(...unknown)
      .when(transform({ inputs, outputs: outputs(101), reagentGrams: 1_000 }))
      .thenRefused('mass-not-conserved', 'outputs');
  });

  it('is not the same as an input known to hold nothing', () => {
    given(opened(), registered('a', 10_000, { cobalt: 1_000 }), registered('b', 5_000, { cobalt: 0 }))
      .when(output(15_000, { cobalt: 1_006 }))
      .thenRefused('mass-not-conserved', 'outputs');
  });
});
