import { type SeededRandom } from './seeded-random.js';
import { type SimulatedLedger } from './simulated-ledger.js';
import { attest, dispatch, label, open } from './world.js';

/** Sites that the chain passes, in turn. */
const SITES = 10;
const CONTENT = { nickel: 223_000 };
const GROSS_GRAMS = 1_000_000;
/** Events of one link: the batch made, labelled, dispatched and received, with the reservations of the ids. */
export const EVENTS_PER_LINK = 8;

/** The last batch of the chain: the one to query. */
export function lastOfChain(links: number): string {
  return `chain-${links}`;
}

/**
 * A chain of batches, each made of the one before by a transformation or a split in turn and then shipped on: `links`
 * batches and one hop fewer.
 */
export function* longChain(ledger: SimulatedLedger, random: SeededRandom, links: number): Generator<void> {
  for (let number = 0; number < SITES; number++) {
    const siteId = `chain-site-${number}`;
    open(ledger, random, { siteId, name: `Works ${number}`, role: 'refiner', activities: ['mining', 'refining'] });
    attest(ledger, random, siteId);
  }
  for (let link = 1; link <= links; link++) {
    const siteId = `chain-site-${link % SITES}`;
    const batchId = lastOfChain(link);
    make(ledger, siteId, link, batchId);
    label(ledger, siteId, batchId);
    if (link < links) shipOn(ledger, siteId, `chain-site-${(link + 1) % SITES}`, batchId);
    yield;
  }
}

function make(ledger: SimulatedLedger, siteId: string, link: number, batchId: string): void {
  const material = 'nickel-sulphate-hexahydrate';
  const before = { batchId: lastOfChain(link - 1), grossGrams: GROSS_GRAMS };
  if (link === 1) {
    const body = { batchId, material, grossGrams: GROSS_GRAMS, contentGrams: CONTENT };
    ledger.at(siteId, { kind: 'batches', body: { ...body, origin: { kind: 'extracted' } } });
  } else if (link % 2 === 0) {
    ledger.at(siteId, {
      kind: 'transformations',
      body: {
        transformationId: `${batchId}-run`,
        process: 'refining',
        chainOfCustody: 'segregated',
        inputs: [before],
        outputs: [{ batchId, material, grossGrams: GROSS_GRAMS, contentGrams: CONTENT }],
      },
    });
  } else {
    const parts = [{ batchId, grossGrams: GROSS_GRAMS }];
    ledger.at(siteId, { kind: 'splits', body: { batchId: before.batchId, parts } });
  }
}

function shipOn(ledger: SimulatedLedger, from: string, to: string, batchId: string): void {
  const shipmentId = `${batchId}-shipment`;
  dispatch(ledger, from, to, shipmentId, [batchId]);
  const labels = [{ labelId: `${batchId}-label`, condition: 'intact' as const }];
  ledger.at(to, { kind: 'receipts', body: { shipmentId, batches: [{ batchId, grossGrams: GROSS_GRAMS, labels }] } });
}
