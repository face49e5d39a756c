import { type Told } from './event-log.js';
import { WORKS } from './wide-transformation.js';

const GROSS_GRAMS = 100_000_000;

/** A stock at the works, used `uses` times: each time a small part is refined. */
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

/**
 * The stock, made of ore from a pit in Australia: what assays find in it in addition is of unknown origin. What is refined
 * from it is mixed with lots that the works also declares to be Australian, but for which no attestation vouches.
 */
export function madeStock(): Told[] {
  const pit = { siteId: 'pit', organisationId: 'miner', name: 'Pit', country: 'AU', activities: ['mining'] };
  const { data, type } = registration();
  const whole = { grossGrams: GROSS_GRAMS, contentGrams: { cobalt: GROSS_GRAMS / 10 } };
  return [
    WORKS,
    { stream: 'site-pit', type: 'SiteOpened', data: pit },
    { stream: 'site-pit', type, data: { ...data, batchId: 'ore' } },
    {
      stream: WORKS.stream,
      type: 'BatchesTransformed',
      data: {
        transformationId: 'stocking',
        process: 'refining',
        chainOfCustody: 'segregated',
        inputs: [{ batchId: 'ore', grossGrams: GROSS_GRAMS }],
        outputs: [{ batchId: 'stock', material: 'polymetallic-concentrate', ...whole }],
      },
    },
  ];
}

/** As {@link refined}, mixed with the same amount of a separate lot. */
export function mixed(number: number): Told[] {
  const lot = { batchId: `lot-${number}`, grossGrams: 100, contentGrams: { cobalt: 10 } };
  const origin = { kind: 'extracted', country: 'AU' };
  const { stream, type, data } = refined(number);
  const inputs = ['stock', lot.batchId].map((batchId) => ({ batchId, grossGrams: 100 }));
  return [
    { stream, type: 'BatchRegistered', data: { ...lot, material: 'polymetallic-ore', origin } },
    { stream, type, data: { ...data, inputs } },
  ];
}
