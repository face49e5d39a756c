import { type Answer, type Client, eventsOf } from '../harness/client.js';
import { promise } from '../harness/program.js';

export type Act =
  | { readonly kind: 'register'; readonly site: string; readonly batch: string }
  | { readonly kind: 'consume'; readonly site: string; readonly batch: string; readonly grams: number }
  | {
      readonly kind: 'split';
      readonly site: string;
      readonly batch: string;
      readonly part: string;
      readonly grams: number;
    }
  | {
      readonly kind: 'dispatch';
      readonly site: string;
      readonly batch: string;
      readonly shipment: string;
      readonly to: string;
    }
  | {
      readonly kind: 'receive';
      readonly site: string;
      readonly batch: string;
      readonly shipment: string;
      readonly grams: number;
    }
  | {
      readonly kind: 'transform';
      readonly site: string;
      readonly batch: string;
      readonly made: string;
      readonly transformation: string;
    };

const WHOLE = 100;
/** Input and output of a transformation, in grams. */
const TAKEN = 10;
/** The ledger's weighing tolerance: what arrives weighs at most this many times what left. */
const HEAVIER = 1.05;

interface Holding {
  /** Undefined: on its way. */
  site: string | undefined;
  grams: number;
}

/**
 * What must be true of custody however commands raced: an id is given once in the whole ledger, a batch is in one
 * place, and no more is taken from it than there was. The model knows nothing about revisions, reservations or stores:
 * it applies the accepted commands in the order in which the ledger says it recorded them, and each must be possible.
 */
export class CustodyModel {
  readonly #batches = new Map<string, Holding>();
  readonly #shipments = new Map<string, { batch: string; to: string; received: boolean }>();
  readonly #transformations = new Set<string>();
  #through: string | undefined;

  async open(client: Client): Promise<void> {
    await client.record('organisations', {
      organisationId: 'model',
      name: 'Model',
      country: 'JP',
      roles: ['refiner', 'recycler'],
    });
    for (const siteId of ['model-a', 'model-b', 'model-c']) {
      const site = { siteId, name: siteId, country: 'JP', activities: ['recycling', 'refining'] };
      await client.record('organisations/model/sites', site);
    }
  }

  send(client: Client, act: Act, key: string): Promise<Answer> {
    const [command, body] = commandOf(act);
    return client.post(`sites/${act.site}/${command}`, body, key);
  }

  /** @throws BrokenPromise when an accepted command was not possible after those recorded before it */
  take(outcomes: readonly { readonly act: Act; readonly answer: Answer }[]): void {
    const accepted = outcomes
      .filter(({ answer }) => answer.status === 201)
      .map(({ act, answer }) => ({ act, position: BigInt(eventsOf(answer)[0]!.position) }))
      .sort((a, b) => (a.position < b.position ? -1 : 1));
    for (const { act, position } of accepted) {
      const impossible = this.#apply(act);
      promise(impossible === undefined, () => `${JSON.stringify(act)} at ${position} was accepted: ${impossible}`);
      this.#through = String(position);
    }
  }

  /** Checks that the ledger answers each batch as the model has it. */
  async compare(client: Client): Promise<void> {
    const headers = this.#through === undefined ? undefined : { 'ledger-position': this.#through };
    for (const [batch, { site, grams }] of this.#batches) {
      const { status, body } = await client.get(`/v1/batches/${batch}`, headers);
      promise(status === 200, () => `batch ${batch} is answered ${status}`);
      promise(body['grossGrams'] === grams, () => `batch ${batch} has ${String(body['grossGrams'])} g, not ${grams}`);
      if (site === undefined || grams === 0) continue;
      promise(body['siteId'] === site, () => `batch ${batch} is at ${String(body['siteId'])}, not at ${site}`);
    }
  }

  /** @returns why it was not possible */
  #apply(act: Act): string | undefined {
    const holding = this.#batches.get(act.batch);
    if (act.kind === 'register') return this.#make(act.batch, act.site, WHOLE);
    if (!holding) return 'there is no such batch';
    if (act.kind === 'receive') return this.#receive(act, holding);
    if (holding.site !== act.site) return `the batch is at ${holding.site ?? 'no site'}`;
    switch (act.kind) {
      case 'consume':
        return take(holding, act.grams);
      case 'split':
        return take(holding, act.grams) ?? this.#make(act.part, act.site, act.grams);
      case 'transform':
        if (this.#transformations.has(act.transformation)) return 'the transformation id was used';
        this.#transformations.add(act.transformation);
        return take(holding, TAKEN) ?? this.#make(act.made, act.site, TAKEN);
      case 'dispatch':
        if (this.#shipments.has(act.shipment)) return 'the shipment id was used';
        this.#shipments.set(act.shipment, { batch: act.batch, to: act.to, received: false });
        holding.site = undefined;
        return holding.grams > 0 ? undefined : 'nothing is left of it';
    }
  }

  #receive({ shipment, site, batch, grams }: Act & { kind: 'receive' }, holding: Holding): string | undefined {
    const sent = this.#shipments.get(shipment);
    if (sent?.batch !== batch) return 'no such batch is in the shipment';
    if (sent.to !== site) return `the shipment was for ${sent.to}`;
    if (sent.received) return 'the shipment was received before';
    if (grams > HEAVIER * holding.grams) return `it left with ${holding.grams} g`;
    sent.received = true;
    holding.site = site;
    holding.grams = grams;
    return undefined;
  }

  #make(batch: string, site: string, grams: number): string | undefined {
    if (this.#batches.has(batch)) return 'the batch id was used';
    this.#batches.set(batch, { site, grams });
    return undefined;
  }
}

function take(holding: Holding, grams: number): string | undefined {
  if (holding.grams < grams) return `only ${holding.grams} g are left`;
  holding.grams -= grams;
  return undefined;
}

function commandOf(act: Act): [string, object] {
  const { batch: batchId } = act;
  switch (act.kind) {
    case 'register':
      return ['batches', registered(batchId, WHOLE)];
    case 'consume':
      return ['consumptions', { batchId, grossGrams: act.grams, productId: 'product' }];
    case 'split':
      return ['splits', { batchId, parts: [{ batchId: act.part, grossGrams: act.grams }] }];
    case 'dispatch':
      return ['dispatches', { shipmentId: act.shipment, consigneeSiteId: act.to, batchIds: [batchId] }];
    case 'receive':
      return ['receipts', { shipmentId: act.shipment, batches: [{ batchId, grossGrams: act.grams }] }];
    case 'transform': {
      const inputs = [{ batchId, grossGrams: TAKEN }];
      const outputs = [{ ...registered(act.made, TAKEN), origin: undefined }];
      const { transformation: transformationId } = act;
      return [
        'transformations',
        { transformationId, process: 'comminution', chainOfCustody: 'segregated', inputs, outputs },
      ];
    }
  }
}

function registered(batchId: string, grossGrams: number): object {
  return { batchId, material: 'end-of-life-batteries', grossGrams, contentGrams: {}, origin: { kind: 'end-of-life' } };
}
