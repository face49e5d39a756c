import { setImmediate as turn } from 'node:timers/promises';
import { type EventStore, type JsonObject } from '#event-store';
import { madeUpEvent } from '../harness/made-up-event.js';

/** What one day brings of a supplier, and what is left of the day before, in grams. */
const LOT_GRAMS = 1_000_000;
const COBALT_PART = 10;
/** One part in so many of a blend goes into the next. */
const HEEL = 10;
const RIGHTS = [
  'forced-labour',
  'child-labour',
  'discrimination',
  'violence-against-workers',
  'migrant-workers',
  'gender-equality',
  'job-protected-leave',
  'freedom-of-association',
  'occupational-safety',
  'impact-assessment',
  'water',
  'tailings',
  'emissions',
];
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const BEGINNING = Date.UTC(2027, 0, 1);
const REFINERY = 'refinery';

export const supplierSite = (supplier: number): string => `supplier-${supplier}`;
const supplierBatch = (supplier: number, day: number): string => `lot-${supplier}-${day}`;
const attestationOf = (siteId: string): string => `${siteId}-attestation`;
const blendOf = (day: number): string => `blend-${day}`;
/** What a day's blend becomes, in two steps. */
const refinedOf = (day: number): string => `refined-${day}`;
export const saltOf = (day: number): string => `salt-${day}`;

interface Fact {
  readonly type: string;
  readonly data: JsonObject;
  /** When it occurred, in days after the beginning. */
  readonly day: number;
}

/** Suppliers whose facts are appended together: as many as pass between two turns of the event loop unnoticed. */
const SUPPLIERS_AT_ONCE = 50;

/**
 * The blended refinery: each day every supplier's lot is shipped to it, all of them are blended with what is left of the day
 * before, and the blend is refined in two steps. Whatever entered once is in all that follows.
 */
export class Refinery {
  readonly #store: Pick<EventStore, 'append'>;
  readonly #suppliers: number;
  readonly #revisions = new Map<string, bigint>();
  #day = 0;

  constructor(store: Pick<EventStore, 'append'>, suppliers: number) {
    this.#store = store;
    this.#suppliers = suppliers;
  }

  /** How many days have passed. */
  get day(): number {
    return this.#day;
  }

  async open(): Promise<void> {
    await this.#openSite(REFINERY);
    for (const group of this.#groups()) {
      await Promise.all(group.map((supplier) => this.#openSite(supplierSite(supplier))));
    }
  }

  /** Everything of the next day. */
  async work(): Promise<void> {
    const day = this.#day++;
    for (const group of this.#groups()) {
      await Promise.all(
        group.map((supplier) => {
          const siteId = supplierSite(supplier);
          return this.#append(`site-${siteId}`, dispatchedLot(supplierBatch(supplier, day), day));
        }),
      );
      const received = group.map((supplier) => receivedLot(supplierSite(supplier), supplierBatch(supplier, day), day));
      await this.#append(`site-${REFINERY}`, received);
    }
    await this.#blend(day);
  }

  async label(batchId: string, labelId: string): Promise<bigint> {
    const data = { batchId, labelId, standard: 'gs1-128', carrier: 'barcode', value: labelId };
    return this.#append(`site-${REFINERY}`, [{ type: 'BatchLabelled', data, day: this.#day }]);
  }

  /** From before the beginning on. */
  async suspend(siteId: string): Promise<void> {
    await this.#attestationChanged(siteId, 'AttestationSuspended');
  }

  /** From the moment of its suspension on. */
  async reinstate(siteId: string): Promise<void> {
    await this.#attestationChanged(siteId, 'AttestationReinstated');
  }

  async #attestationChanged(siteId: string, type: string): Promise<void> {
    const data = { from: momentOf(-1), reason: 'documents were forged' };
    await this.#append(`attestation-${attestationOf(siteId)}`, [{ type, data, day: this.#day }]);
  }

  *#groups(): Generator<number[]> {
    for (let first = 0; first < this.#suppliers; first += SUPPLIERS_AT_ONCE) {
      const length = Math.min(SUPPLIERS_AT_ONCE, this.#suppliers - first);
      yield Array.from({ length }, (_, index) => first + index);
    }
  }

  async #openSite(siteId: string): Promise<void> {
    const site = { siteId, organisationId: `org-${siteId}`, name: siteId, country: 'JP', activities: ['refining'] };
    await this.#append(`site-${siteId}`, [{ type: 'SiteOpened', data: site, day: -1 }]);
    const attested = {
      attestationId: attestationOf(siteId),
      scheme: 'rmap',
      siteId,
      rights: RIGHTS,
      validFrom: momentOf(-10),
      validUntil: momentOf(5_000),
      issuerOrganisationId: 'auditor',
      documentSha256: '0'.repeat(64),
      assurance: 'third-party',
    };
    const issued = { type: 'AttestationIssued', data: attested, day: -1 };
    await this.#append(`attestation-${attestationOf(siteId)}`, [issued]);
  }

  async #blend(day: number): Promise<void> {
    const inputs = Array.from({ length: this.#suppliers }, (_, supplier) => ({
      batchId: supplierBatch(supplier, day),
      grossGrams: LOT_GRAMS,
    }));
    const heel = day === 0 ? 0 : Math.floor(this.#blendGrams(day - 1) / HEEL);
    if (heel > 0) inputs.push({ batchId: blendOf(day - 1), grossGrams: heel });
    const whole = this.#blendGrams(day);
    const rest = whole - Math.floor(whole / HEEL);
    const at = day + 0.2;
    await this.#append(`site-${REFINERY}`, [
      made(`mix-${day}`, inputs, blendOf(day), whole, at),
      made(`refine-${day}`, [{ batchId: blendOf(day), grossGrams: rest }], refinedOf(day), rest, at),
      made(`salt-${day}`, [{ batchId: refinedOf(day), grossGrams: rest }], saltOf(day), rest, at),
    ]);
  }

  #blendGrams(day: number): number {
    const fresh = this.#suppliers * LOT_GRAMS;
    return day === 0 ? fresh : fresh + Math.floor(this.#blendGrams(day - 1) / HEEL);
  }

  async #append(stream: string, facts: readonly Fact[]): Promise<bigint> {
    const events = facts.map(({ type, data, day }) => madeUpEvent(type, data, momentOf(day)));
    const appended = await this.#store.append(stream, events, this.#revisions.get(stream) ?? 'no-stream');
    this.#revisions.set(stream, appended.revision);
    // A store in memory answers before the event loop turns: its gaps would be this program's own.
    await turn();
    return appended.positions.at(-1)!;
  }
}

const MATERIAL = 'polymetallic-concentrate';

/** A supplier's lot of a day, registered, labelled and on its way. */
function dispatchedLot(batchId: string, day: number): Fact[] {
  const registered = { ...lot(batchId), origin: { kind: 'extracted' } };
  const labelId = `label-${batchId}`;
  const label = { batchId, labelId, standard: 'gs1-128', carrier: 'barcode', value: labelId };
  const shipmentId = `shipment-${batchId}`;
  const dispatched = { shipmentId, consigneeSiteId: REFINERY, batches: [{ ...lot(batchId), labels: [labelId] }] };
  return [
    { type: 'BatchRegistered', data: registered, day },
    { type: 'BatchLabelled', data: label, day },
    { type: 'BatchesDispatched', data: dispatched, day: day + 0.05 },
  ];
}

function receivedLot(consignorSiteId: string, batchId: string, day: number): Fact {
  const labels = [{ labelId: `label-${batchId}`, condition: 'intact' }];
  const data = { shipmentId: `shipment-${batchId}`, consignorSiteId, batches: [{ ...lot(batchId), labels }] };
  return { type: 'BatchesReceived', data, day: day + 0.1 };
}

function lot(batchId: string) {
  return { batchId, material: MATERIAL, grossGrams: LOT_GRAMS, contentGrams: { cobalt: LOT_GRAMS / COBALT_PART } };
}

function made(
  transformationId: string,
  inputs: readonly { batchId: string; grossGrams: number }[],
  batchId: string,
  grossGrams: number,
  day: number,
): Fact {
  const contentGrams = { cobalt: Math.floor(grossGrams / COBALT_PART) };
  const output = { batchId, material: MATERIAL, grossGrams, contentGrams };
  const data = {
    transformationId,
    process: 'refining',
    chainOfCustody: 'controlled-blending',
    inputs,
    outputs: [output],
  };
  return { type: 'BatchesTransformed', data: data as unknown as JsonObject, day };
}

/** The moment so many days after the beginning. */
export function momentOf(day: number): string {
  return new Date(BEGINNING + day * DAY_MS).toISOString();
}
