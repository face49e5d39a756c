import { type HeldBatch } from '../account/site-account.js';
import {
  factOf,
  LABEL_CONDITIONS,
  ORIGIN_KINDS,
  type ContentGrams,
  type DispatchedBatch,
  type Mineral,
  type SiteEvent,
} from '../events.js';
import { SITE_COMMAND_KINDS, SITE_SLICES, type SiteCommand, type SiteCommandKind } from '../site/site-commands.js';
import { sampleSent } from '../../../vocabulary/src/testing/sample.js';
import { type Dice } from './dice.js';
import { PRODUCT_BODIES } from './random-product-commands.js';
import { type SmallLedger } from './small-ledger.js';

/** Few minerals, so that they meet; lead comes in by no command but an assay or an invention. */
const SEEN: readonly Mineral[] = ['cobalt', 'lead', 'nickel'];

type Bodies = { [K in SiteCommandKind]: (random: RandomCommands, siteId: string) => SiteCommand<K>['body'] };

/** Of the last one the formula leaves little room. */
const SOLD = ['polymetallic-ore', 'polymetallic-concentrate', 'polymetallic-ore', 'spodumene-concentrate'] as const;

/** Mostly sensible commands on what is there, and some that make no sense. */
const BODIES: Partial<Bodies> = {
  batches: (random) => {
    const grossGrams = random.grams(400);
    const kind = random.dice.pick(ORIGIN_KINDS);
    const isWaste = kind === 'end-of-life' && !random.dice.onceIn(20);
    return {
      batchId: random.newId('b'),
      ...(isWaste ? { material: 'other', otherMaterial: 'collected waste' } : { material: random.dice.pick(SOLD) }),
      grossGrams,
      contentGrams: random.content(grossGrams),
      origin: { kind },
    };
  },
  transformations: (random, siteId) => random.transformation(siteId),
  splits: (random, siteId) => {
    const { batchId, grossGrams } = random.use(siteId);
    const first = 1 + random.dice.below(Math.max(1, grossGrams));
    const parts = [{ batchId: random.newId('b'), grossGrams: first }];
    if (grossGrams > first) parts.push({ batchId: random.newId('b'), grossGrams: grossGrams - first });
    return { batchId, parts };
  },
  dispatches: (random, siteId) => ({
    shipmentId: random.newId('s'),
    consigneeSiteId: random.dice.pick(['s0', 's1', 's2', ...(random.dice.onceIn(9) ? ['nowhere'] : [])]),
    batchIds: random.batchIds(siteId),
  }),
  receipts: (random, siteId) => random.receipt(siteId),
  refusals: (random, siteId) => ({ shipmentId: random.arriving(siteId).shipmentId, reason: 'wet' }),
  returns: (random, siteId) => {
    const refused = random.dice.onceIn(6) ? [] : random.ledger.refusedFrom(siteId);
    return { shipmentId: random.dice.pickAny(refused) ?? random.dice.pickAny(random.ledger.shipmentIds()) ?? 's-none' };
  },
  labels: (random, siteId) => ({
    batchId: random.batchOf(siteId),
    labelId: `l${random.dice.below(3)}`,
    standard: 'gs1-128',
    carrier: 'print',
    value: '1',
  }),
  'label-removals': (random, siteId) => {
    const batchId = random.batchId(siteId);
    const on = [...(random.ledger.account(siteId).batches.get(batchId)?.labels.keys() ?? [])];
    return { batchId, labelId: random.dice.pickAny(on) ?? 'l0', reason: 'worn' };
  },
  assays: (random, siteId) => {
    const batchId = random.batchOf(siteId);
    return { batchId, contentGrams: random.content(random.grossOf(siteId, batchId)), method: 'icp-oes' };
  },
  declarations: (random, siteId) => ({ batchId: random.batchId(siteId), mineral: 'cobalt', share: '0.5' }),
  consumptions: (random, siteId) => ({ ...random.use(siteId), productId: 'pack' }),
  disposals: (random, siteId) => ({ ...random.use(siteId), reason: 'spill' }),
  holds: (random, siteId) => ({ batchId: random.batchId(siteId), reason: 'inspection' }),
  releases: (random, siteId) => {
    const { batches } = random.ledger.account(siteId);
    const heldId = [...batches].find(([, { heldBy }]) => heldBy)?.[0];
    return { batchId: heldId ?? random.batchId(siteId) };
  },
  ...PRODUCT_BODIES,
  corrections: (random, siteId) => random.correction(siteId),
  'shipment-holds': (random) => ({
    shipmentId: random.dice.pickAny(random.ledger.shipmentIds()) ?? 's-none',
    reason: 'r',
  }),
  'shipment-releases': (random, siteId) => {
    const [held] = random.ledger.account(siteId).heldShipments.keys();
    return { shipmentId: held ?? 's-none' };
  },
  'site-holds': () => ({ reason: 'inspection' }),
  'site-releases': () => ({}),
  confirmations: (random, siteId) => {
    const corrected = random.ledger.stream(siteId).filter(({ type }) => type === 'RecordCorrected');
    return { eventId: (random.dice.onceIn(4) ? corrected[0] : corrected.at(-1))?.id ?? 'e-none' };
  },
};

/** How often each kind comes: custody moves more than it is inspected. The others come once. */
const WEIGHTS: Partial<Record<SiteCommandKind, number>> = {
  batches: 3,
  transformations: 3,
  splits: 2,
  dispatches: 3,
  receipts: 4,
  refusals: 2,
  returns: 4,
  consumptions: 2,
  releases: 2,
  labels: 2,
  assays: 2,
  'shipment-holds': 2,
  'shipment-releases': 2,
  'site-releases': 3,
  confirmations: 2,
  placements: 3,
  takebacks: 3,
  repurposings: 4,
};
const KINDS = SITE_COMMAND_KINDS.flatMap((kind) =>
  kind === 'corrections' ? [] : Array<SiteCommandKind>(WEIGHTS[kind] ?? 1).fill(kind),
);

/** Of a hop that has no body of its own here: as its fields are described, on a batch that there mostly is. */
function describedBody(random: RandomCommands, siteId: string, kind: SiteCommandKind): Record<string, unknown> {
  const fields = SITE_SLICES.find((slice) => slice.kind === kind)?.fields ?? {};
  const body = sampleSent(fields);
  return { ...body, ...('grossGrams' in body ? random.use(siteId) : { batchId: random.batchId(siteId) }) };
}

export class RandomCommands {
  dice: Dice;
  #made = 0;

  constructor(
    readonly ledger: SmallLedger,
    dice: Dice,
  ) {
    this.dice = dice;
  }

  /** The next command on that site; `corrections` too, one in five, if they are wanted. */
  next(siteId: string, withCorrections: boolean): SiteCommand {
    const isEmpty = this.ledger.account(siteId).batches.size === 0;
    const usual = isEmpty && this.dice.onceIn(2) ? 'batches' : this.dice.pick(KINDS as [SiteCommandKind]);
    const kind = withCorrections && this.dice.onceIn(5) ? 'corrections' : usual;
    return this.#command(kind, siteId);
  }

  #command<K extends SiteCommandKind>(kind: K, siteId: string): SiteCommand<K> {
    const body = BODIES[kind]?.(this, siteId) ?? describedBody(this, siteId, kind);
    return { kind, body } as SiteCommand<K>;
  }

  newId(prefix: string): string {
    if (this.#made > 0 && this.dice.onceIn(25)) return `${prefix}${this.dice.below(this.#made)}`;
    return `${prefix}${this.#made++}`;
  }

  /** Up to so many, rarely none. */
  grams(most: number): number {
    return this.dice.onceIn(40) ? 0 : 1 + this.dice.below(most);
  }

  /** Content of so much material: unknown now and then, too much now and then. */
  content(grossGrams: number): ContentGrams {
    if (this.dice.onceIn(6)) return {};
    const most = this.dice.onceIn(30) ? grossGrams * 2 : grossGrams;
    const cobalt = this.dice.below(most + 1);
    return this.dice.onceIn(2) ? { cobalt } : { cobalt, nickel: this.dice.below(most - cobalt + 1) };
  }

  /** Mostly a batch of the site. */
  batchId(siteId: string): string {
    const here = [...this.ledger.account(siteId).batches.keys()];
    const id = this.dice.onceIn(12) ? undefined : this.dice.pickAny(here);
    return id ?? `b${this.dice.below(this.#made + 1)}`;
  }

  /** A batch of the site, or one that has left it. */
  batchOf(siteId: string): string {
    const gone = [...this.ledger.account(siteId).gone.keys()];
    return (this.dice.onceIn(2) ? this.dice.pickAny(gone) : undefined) ?? this.batchId(siteId);
  }

  /** When what is said of a batch happened, if that is mostly recorded late: while the batch was there. */
  late(siteId: string, { kind, body }: SiteCommand): string | undefined {
    if ((kind !== 'labels' && kind !== 'assays') || this.dice.onceIn(6)) return undefined;
    const gone = this.ledger.account(siteId).gone.get(body.batchId);
    return gone && this.dice.pick([gone.arrivedAt, gone.usedAt ?? gone.leftAt, gone.leftAt]);
  }

  batchIds(siteId: string): string[] {
    return Array.from({ length: 1 + this.dice.below(2) }, () => this.batchId(siteId));
  }

  grossOf(siteId: string, batchId: string): number {
    const { batches, gone } = this.ledger.account(siteId);
    return batches.get(batchId)?.grossGrams ?? (gone.get(batchId)?.grossGrams || 10);
  }

  /** All of a batch, a part of it, or more than there is. */
  use(siteId: string): { batchId: string; grossGrams: number } {
    const batchId = this.batchId(siteId);
    const gross = this.grossOf(siteId, batchId);
    const grossGrams = this.dice.onceIn(3) ? gross : this.dice.onceIn(15) ? gross + 1 : this.grams(gross);
    return { batchId, grossGrams };
  }

  transformation(siteId: string): SiteCommand<'transformations'>['body'] {
    const { batches } = this.ledger.account(siteId);
    const inputs = Array.from({ length: 1 + this.dice.below(2) }, () => this.use(siteId));
    let gross = inputs.reduce((sum, { grossGrams }) => sum + grossGrams, 0);
    const pool = new Map<Mineral, number>(SEEN.map((mineral) => [mineral, 0]));
    for (const { batchId, grossGrams } of inputs) addShare(pool, batches.get(batchId), grossGrams);
    if (this.dice.onceIn(8)) this.#addGain(pool);

    const reagentGrams = this.dice.below(20);
    gross += reagentGrams + (this.dice.onceIn(20) ? 1 : 0);
    const outputs = Array.from({ length: 1 + this.dice.below(2) }, () => {
      const grossGrams = this.dice.onceIn(2) ? gross : this.grams(Math.max(1, gross));
      gross = Math.max(0, gross - grossGrams);
      return {
        batchId: this.newId('b'),
        material: 'polymetallic-concentrate',
        grossGrams,
        contentGrams: this.#drawn(pool, grossGrams),
      };
    });
    return {
      transformationId: this.newId('t'),
      process: 'blending',
      chainOfCustody: 'controlled-blending',
      inputs,
      outputs,
      reagentGrams,
    };
  }

  /** More in the pool than went in: around the tolerance, or out of nothing. */
  #addGain(pool: Map<Mineral, number>): void {
    const mineral = this.dice.pickAny(SEEN) ?? 'cobalt';
    const grams = pool.get(mineral) ?? 0;
    pool.set(mineral, grams + Math.floor(grams / 200) + this.dice.below(2));
  }

  #drawn(pool: Map<Mineral, number>, grossGrams: number): ContentGrams {
    if (this.dice.onceIn(10)) return {};
    const content: ContentGrams = {};
    let room = grossGrams;
    for (const [mineral, grams] of pool) {
      const drawn = Math.min(room, this.dice.onceIn(3) ? this.dice.below(grams + 1) : grams);
      room -= drawn;
      pool.set(mineral, grams - drawn);
      if (drawn > 0) content[mineral] = drawn;
    }
    return content;
  }

  /** Mostly a shipment on its way to the site. */
  arriving(siteId: string): { shipmentId: string; batches: DispatchedBatch[] } {
    const open = this.ledger.inTransit();
    const addressed = open.filter(({ consigneeSiteId }) => consigneeSiteId === siteId);
    const found = this.dice.onceIn(10) ? this.dice.pickAny(open) : this.dice.pickAny(addressed);
    if (found) return found;
    const shipmentId = this.dice.pickAny(this.ledger.shipmentIds()) ?? 's-none';
    return { shipmentId, batches: [] };
  }

  receipt(siteId: string): SiteCommand<'receipts'>['body'] {
    const { shipmentId, batches } = this.arriving(siteId);
    const listed = batches.length > 0 && this.dice.onceIn(25) ? batches.slice(1) : batches;
    return {
      shipmentId,
      batches: listed.map(({ batchId, grossGrams, labels }) => ({
        batchId,
        grossGrams: this.#arrivedGrams(grossGrams),
        labels: labels
          .filter(() => !this.dice.onceIn(5))
          .map((labelId) => ({ labelId, condition: this.dice.pick(LABEL_CONDITIONS) })),
      })),
    };
  }

  #arrivedGrams(sent: number): number {
    const heaviest = Math.floor((sent * 1005) / 1000);
    const weights = [sent, sent, sent, sent, this.dice.below(sent + 1), heaviest, 0] as const;
    return this.dice.onceIn(25) ? heaviest + 1 : this.dice.pick(weights);
  }

  /** Any earlier event of the site, with other masses or other inputs; or one that does not exist. */
  correction(siteId: string): SiteCommand<'corrections'>['body'] {
    const event = this.dice.onceIn(20) ? undefined : this.dice.pickAny(this.ledger.stream(siteId));
    if (!event) return { eventId: 'e-none', reason: 'r', replacement: {} };
    const root = this.ledger.account(siteId).corrections.rootOf(event.id);
    const original = this.ledger.stream(siteId).find(({ id }) => id === root) ?? event;
    return { eventId: event.id, reason: 'r', replacement: this.#replacement(factOf(original), siteId) };
  }

  #replacement(fact: SiteEvent, siteId: string): Record<string, unknown> {
    switch (fact.type) {
      case 'BatchRegistered': {
        const origin = this.dice.onceIn(2) ? { kind: 'undocumented' } : fact.data.origin;
        return { ...fact.data, origin, grossGrams: 1 + this.dice.below(400) };
      }
      case 'BatchConsumed':
      case 'BatchDisposed':
        return { ...fact.data, grossGrams: 1 + this.dice.below(400) };
      case 'ProductAssembled':
      case 'ProductsAssembled':
        return { ...fact.data, inputs: fact.data.inputs.map((input) => ({ ...input, grossGrams: this.grams(400) })) };
      case 'BatchesTransformed':
        return { ...fact.data, inputs: this.dice.onceIn(2) ? [this.use(siteId)] : fact.data.inputs };
      case 'BatchSplit':
        return { ...fact.data, parts: fact.data.parts.map((part) => ({ ...part, grossGrams: this.dice.below(400) })) };
      case 'BatchesReceived':
        return { ...fact.data, batches: fact.data.batches.slice(this.dice.below(2)) };
      default:
        return { ...fact.data };
    }
  }
}

function addShare(pool: Map<Mineral, number>, batch: HeldBatch | undefined, grossGrams: number): void {
  if (!batch) return;
  for (const mineral of SEEN) {
    const share = Math.floor(((batch.contentGrams[mineral] ?? 0) * grossGrams) / batch.grossGrams);
    pool.set(mineral, (pool.get(mineral) ?? 0) + share);
  }
}
