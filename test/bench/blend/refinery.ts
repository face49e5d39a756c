import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { type EventStore, type JsonObject, type NewEvent } from '#event-store';

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
export const DAY_MS = 24 * HOUR_MS;
const BEGINNING = Date.UTC(2027, 0, 1);
export const REFINERY = 'refinery';

export const supplierSite = (supplier: number): string => `supplier-${supplier}`;
export const supplierBatch = (supplier: number, day: number): string => `lot-${supplier}-${day}`;
export const attestationOf = (siteId: string): string => `${siteId}-attestation`;
export const blendOf = (day: number): string => `blend-${day}`;
/** What a day's blend becomes, in two steps. */
export const refinedOf = (day: number): string => `refined-${day}`;
export const saltOf = (day: number): string => `salt-${day}`;

interface Fact {
  readonly type: string;
  readonly data: JsonObject;
}

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
    for (const siteId of [REFINERY, ...this.#sites()]) {
      const site = { siteId, organisationId: `org-${siteId}`, name: siteId, country: 'JP', activities: ['refining'] };
      await this.#append(`site-${siteId}`, -1, [{ type: 'SiteOpened', data: site }]);
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
      await this.#append(`attestation-${attestationOf(siteId)}`, -1, [{ type: 'AttestationIssued', data: attested }]);
    }
  }

  /** Everything of the next day. */
  async work(): Promise<void> {
    const day = this.#day++;
    const lots: string[] = [];
    for (let supplier = 0; supplier < this.#suppliers; supplier++) {
      const batchId = supplierBatch(supplier, day);
      lots.push(batchId);
      await this.#deliver(supplierSite(supplier), batchId, day);
    }
    await this.#blend(lots, day);
  }

  async label(batchId: string, labelId: string): Promise<bigint> {
    const data = { batchId, labelId, standard: 'gs1-128', carrier: 'barcode', value: labelId };
    return this.#append(`site-${REFINERY}`, this.#day, [{ type: 'BatchLabelled', data }]);
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
    await this.#append(`attestation-${attestationOf(siteId)}`, this.#day, [{ type, data }]);
  }

  #sites(): string[] {
    return Array.from({ length: this.#suppliers }, (_, supplier) => supplierSite(supplier));
  }

  async #deliver(siteId: string, batchId: string, day: number): Promise<void> {
    const contentGrams = { cobalt: LOT_GRAMS / COBALT_PART };
    const material = 'polymetallic-concentrate';
    const shipmentId = `shipment-${batchId}`;
    const registered = { batchId, material, grossGrams: LOT_GRAMS, contentGrams, origin: { kind: 'extracted' } };
    const labelId = `label-${batchId}`;
    const label = { batchId, labelId, standard: 'gs1-128', carrier: 'barcode', value: labelId };
    const shipped = { batchId, material, grossGrams: LOT_GRAMS, contentGrams };
    const dispatched = { shipmentId, consigneeSiteId: REFINERY, batches: [{ ...shipped, labels: [labelId] }] };
    await this.#append(`site-${siteId}`, day, [
      { type: 'BatchRegistered', data: registered },
      { type: 'BatchLabelled', data: label },
    ]);
    await this.#append(`site-${siteId}`, day + 0.05, [{ type: 'BatchesDispatched', data: dispatched }]);
    const labels = [{ labelId, condition: 'intact' }];
    const received = { shipmentId, consignorSiteId: siteId, batches: [{ ...shipped, labels }] };
    await this.#append(`site-${REFINERY}`, day + 0.1, [{ type: 'BatchesReceived', data: received }]);
  }

  async #blend(lots: readonly string[], day: number): Promise<void> {
    const inputs = lots.map((batchId) => ({ batchId, grossGrams: LOT_GRAMS }));
    const heel = day === 0 ? 0 : Math.floor(this.#blendGrams(day - 1) / HEEL);
    if (heel > 0) inputs.push({ batchId: blendOf(day - 1), grossGrams: heel });
    const whole = this.#blendGrams(day);
    const rest = whole - Math.floor(whole / HEEL);
    await this.#append(`site-${REFINERY}`, day + 0.2, [
      made(`mix-${day}`, 'refining', inputs, blendOf(day), whole),
      made(`refine-${day}`, 'refining', [{ batchId: blendOf(day), grossGrams: rest }], refinedOf(day), rest),
      made(`salt-${day}`, 'refining', [{ batchId: refinedOf(day), grossGrams: rest }], saltOf(day), rest),
    ]);
  }

  #blendGrams(day: number): number {
    const fresh = this.#suppliers * LOT_GRAMS;
    return day === 0 ? fresh : fresh + Math.floor(this.#blendGrams(day - 1) / HEEL);
  }

  async #append(stream: string, day: number, facts: readonly Fact[]): Promise<bigint> {
    const occurredAt = momentOf(day);
    const events = facts.map(({ type, data }): NewEvent => ({
      id: randomUUID(),
      type,
      data,
      metadata: {
        commandId: randomUUID(),
        actor: { principal: 'benchmark' },
        occurredAt,
        recordedAt: occurredAt,
        schemaVersion: 1,
      },
    }));
    const appended = await this.#store.append(stream, events, this.#revisions.get(stream) ?? 'no-stream');
    this.#revisions.set(stream, appended.revision);
    // A store in memory answers before the event loop turns: its gaps would be this program's own.
    await turn();
    return appended.positions.at(-1)!;
  }
}

function made(
  transformationId: string,
  process: string,
  inputs: readonly { batchId: string; grossGrams: number }[],
  batchId: string,
  grossGrams: number,
): Fact {
  const contentGrams = { cobalt: Math.floor(grossGrams / COBALT_PART) };
  const output = { batchId, material: 'polymetallic-concentrate', grossGrams, contentGrams };
  const data = { transformationId, process, chainOfCustody: 'controlled-blending', inputs, outputs: [output] };
  return { type: 'BatchesTransformed', data: data as unknown as JsonObject };
}

/** The moment so many days after the beginning. */
export function momentOf(day: number): string {
  return new Date(BEGINNING + day * DAY_MS).toISOString();
}
