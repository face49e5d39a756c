import { type Told } from './event-log.js';

/** The works where they happen. */
export const WORKS: Told = {
  stream: 'site-works',
  type: 'SiteOpened',
  data: { siteId: 'works', organisationId: 'maker', name: 'Works', country: 'JP', activities: ['refining'] },
};

/**
 * Registrations of `inputs` batches and one transformation of all of them into `outputs`.
 * @param name of the transformation; the ids of its batches begin with it
 */
export function wideTransformation(name: string, inputs: number, outputs: number): Told[] {
  const stream = WORKS.stream;
  const sources = Array.from({ length: inputs }, (_, index) => `${name}-in-${index}`);
  const registrations = sources.map((batchId): Told => ({
    stream,
    type: 'BatchRegistered',
    data: {
      batchId,
      material: 'polymetallic-ore',
      grossGrams: 10 * outputs,
      contentGrams: { cobalt: 2 * outputs },
      origin: { kind: 'extracted' },
    },
  }));
  const made = Array.from({ length: outputs }, (_, index) => ({
    batchId: `${name}-out-${index}`,
    material: 'cobalt-sulphate-heptahydrate',
    grossGrams: 5 * inputs,
    contentGrams: { cobalt: 2 * inputs },
  }));
  const transformation: Told = {
    stream,
    type: 'BatchesTransformed',
    data: {
      transformationId: name,
      process: 'refining',
      chainOfCustody: 'segregated',
      inputs: sources.map((batchId) => ({ batchId, grossGrams: 10 * outputs })),
      outputs: made,
    },
  };
  return [...registrations, transformation];
}
