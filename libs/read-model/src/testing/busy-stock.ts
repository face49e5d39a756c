import { type Told } from './event-log.js';
import { WORKS } from './wide-transformation.js';

const GROSS_GRAMS = 100_000_000;

/** A stock of the works, used `uses` times: each time a little of it is refined. */
export function busyStock(uses: number): Told[] {
  return [WORKS, registration(), ...Array.from({ length: uses }, (_, index) => refined(index))];
}

function registration(): Told {
  return {
    stream: WORKS.stream,
    type: 'BatchRegistered',
    data: {
      batchId: 'stock',
      material: 'polymetallic-ore',
      grossGrams: GROSS_GRAMS,
      contentGrams: { cobalt: GROSS_GRAMS / 10 },
      origin: { kind: 'extracted' },
    },
  };
}

/** 100 grams of the stock become `salt-N`. */
export function refined(number: number): Told {
  return {
    stream: WORKS.stream,
    type: 'BatchesTransformed',
    data: {
      transformationId: `refining-${number}`,
      process: 'refining',
      chainOfCustody: 'segregated',
      inputs: [{ batchId: 'stock', grossGrams: 100 }],
      outputs: [
        {
          batchId: `salt-${number}`,
          material: 'cobalt-sulphate-heptahydrate',
          grossGrams: 40,
          contentGrams: { cobalt: 8 },
        },
      ],
    },
  };
}
