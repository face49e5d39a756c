/**
 * Random ledgers: chains of custody that mostly make sense, with masses from a few grams up to beyond 2^53 in products,
 * and corrections that leave them contradictory. The same seed gives the same ledger; fewer steps give its beginning.
 */
import { MINERALS, type ContentGrams, type SiteEvents } from '#custody';
import { contentOf } from '../composition.js';
import { createGraph, foldEvent } from '../fold.js';
import { type BatchNode, type GraphEvent } from '../graph.types.js';
import { LedgerWriter, minuteOf } from './ledger-writer.js';
import { randomNumbers } from './random-numbers.js';
import { assembleAtRandom, marketAtRandom, reworkAtRandom, type RandomTools } from './random-products.js';

const COUNTRIES = ['AU', 'CL', 'JP', 'US'];
const PROCESSES = ['recycling', 'recycling', 'refining', 'cathode'];
const SITES = Array.from({ length: 8 }, (_, index) => `site${index}`);

class Wanderer {
  readonly ledger = new LedgerWriter();
  /** What the world looks like before corrections: to choose steps that make sense. */
  readonly #world = createGraph();
  readonly #random: () => number;
  readonly #open = new Map<string, { from: string; to: string; batchIds: string[]; refused: boolean }>();
  #named = 0;
  /** When what is told late happened. */
  #minute: number | undefined;

  constructor(seed: number) {
    this.#random = randomNumbers(seed);
    SITES.forEach((siteId, index) => {
      this.#written(
        this.ledger.write(siteId, 'SiteOpened', {
          siteId,
          organisationId: `org${index % 4}`,
          name: siteId,
          country: COUNTRIES[index % COUNTRIES.length] ?? 'ZZ',
          activities: [],
        }),
      );
    });
  }

  readonly #tools: RandomTools = {
    world: this.#world,
    chance: (probability) => this.#chance(probability),
    pick: (from) => this.#pick(from),
    some: (from, most) => this.#some(from, most),
    partOf: (grams) => this.#partOf(grams),
    mass: () => this.#mass(),
    name: (prefix) => this.#name(prefix),
    append: (siteId, type, data) => this.#append(siteId, type, data),
  };

  step(): void {
    const at = this.#pick(SITES);
    const here = [...this.#world.batches.values()].filter((node) => node.siteId === at);
    const batch = this.#pickOr(here);
    if (batch === undefined || this.#chance(0.12)) return this.#register(at);
    if (this.#chance(0.08)) return this.#correct();
    const steps: [number, () => void][] = [
      [30, () => this.#transform(at, here)],
      [10, () => this.#split(at, batch)],
      [20, () => this.#dispatch(at, here)],
      [20, () => this.#settle()],
      [5, () => this.#assay(at, batch)],
      [6, () => this.#useUp(at, batch)],
      [9, () => this.#remark(at, batch)],
      [10, () => assembleAtRandom(this.#tools, at, here)],
      [8, () => marketAtRandom(this.#tools, at, batch)],
      [4, () => reworkAtRandom(this.#tools, at, here)],
      [10, () => this.#tellLate()],
    ];
    let roll = this.#random() * steps.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, act] of steps) {
      roll -= weight;
      if (roll < 0) return act();
    }
  }

  #register(at: string): void {
    const grossGrams = this.#mass();
    const contentGrams = this.#chance(0.1) ? {} : this.#contentUpTo(grossGrams);
    const kind = this.#pick(['extracted', 'extracted', 'end-of-life', 'undocumented'] as const);
    const origin = this.#chance(0.3) && kind === 'extracted' ? { kind, country: 'CD' } : { kind };
    const batchId = this.#name('b');
    this.#append(at, 'BatchRegistered', { batchId, material: 'polymetallic-ore', grossGrams, contentGrams, origin });
  }

  #transform(at: string, here: BatchNode[]): void {
    const inputs = this.#some(here, 4).map((node) => ({ node, grossGrams: this.#partOf(node.grossGrams) }));
    const gross = inputs.reduce((sum, input) => sum + input.grossGrams, 0);
    const outputs = Array.from({ length: 1 + Math.floor(this.#random() * 3) }, (_, index) => ({
      batchId: this.#name('b'),
      material: 'polymetallic-concentrate',
      grossGrams: Math.floor(gross / (index + 2)),
      contentGrams: this.#chance(0.05) ? {} : this.#yieldOf(inputs, index),
      ...(this.#chance(0.35) ? { scrap: true } : {}),
    }));
    this.#append(at, 'BatchesTransformed', {
      transformationId: this.#name('t'),
      process: this.#pick(PROCESSES),
      chainOfCustody: 'controlled-blending',
      inputs: inputs.map(({ node, grossGrams }) => ({ batchId: node.batchId, grossGrams })),
      outputs,
    });
  }

  /** Some of what went in; now and then a little more than all of it, as assays find. */
  #yieldOf(inputs: { node: BatchNode; grossGrams: number }[], index: number): ContentGrams {
    const content: ContentGrams = {};
    for (const mineral of MINERALS) {
      const entering = inputs.reduce((sum, { node, grossGrams }) => {
        const held = contentOf(node.composition)[mineral] ?? 0;
        return sum + Math.floor(held * (grossGrams / Math.max(1, node.grossGrams)));
      }, 0);
      const most = this.#chance(0.1) ? entering * 1.01 + 1 : entering / (index + 2);
      if (entering > 0) content[mineral] = Math.floor(most * (this.#chance(0.5) ? 1 : this.#random()));
    }
    return content;
  }

  #split(at: string, { batchId, grossGrams }: BatchNode): void {
    const parts: { batchId: string; grossGrams: number }[] = [];
    let left = grossGrams;
    for (let count = 1 + Math.floor(this.#random() * 3); count > 0 && left > 0; count--) {
      const part = this.#partOf(left);
      left -= part;
      parts.push({ batchId: this.#name('b'), grossGrams: part });
    }
    if (parts.length > 0) this.#append(at, 'BatchSplit', { batchId, parts });
  }

  #dispatch(at: string, here: BatchNode[]): void {
    const to = this.#pick(SITES.filter((siteId) => siteId !== at));
    const leaving = this.#some(here, 3);
    const shipmentId = this.#name('s');
    this.#open.set(shipmentId, { from: at, to, batchIds: leaving.map((node) => node.batchId), refused: false });
    this.#append(at, 'BatchesDispatched', {
      shipmentId,
      consigneeSiteId: to,
      batches: leaving.map(({ batchId, material, grossGrams, labels }) => {
        return { batchId, material, grossGrams, contentGrams: {}, labels: labels.map((label) => label.labelId) };
      }),
      ...(this.#chance(0.5) ? { tradeTerms: { exportDuty: this.#chance(0.1), quantitativeRestriction: false } } : {}),
    });
  }

  #settle(): void {
    const entry = this.#pickOr([...this.#open]);
    if (entry === undefined) return;
    const [shipmentId, shipment] = entry;
    const sent = shipment.batchIds
      .map((batchId) => this.#world.batches.get(batchId))
      .filter((node) => node !== undefined);
    const carried = sent.map(({ batchId, material }) => ({ batchId, material, contentGrams: {} }));
    if (!shipment.refused && this.#chance(0.15)) {
      shipment.refused = true;
      return this.#append(shipment.to, 'ShipmentRefused', { shipmentId, reason: 'wet' });
    }
    this.#open.delete(shipmentId);
    if (shipment.refused) {
      const batches = carried.map((batch) => ({ ...batch, grossGrams: 0, labels: [] }));
      return this.#append(shipment.from, 'ShipmentReturned', { shipmentId, batches });
    }
    this.#append(shipment.to, 'BatchesReceived', {
      shipmentId,
      consignorSiteId: shipment.from,
      batches: sent.map(({ batchId, material, grossGrams, labels }) => ({
        batchId,
        material,
        grossGrams: this.#chance(0.6) ? grossGrams : Math.floor(grossGrams * this.#random() * 1.01),
        contentGrams: {},
        labels: labels
          .filter(() => this.#chance(0.9))
          .map(({ labelId }) => ({ labelId, condition: this.#pick(['intact', 'illegible', 'missing'] as const) })),
      })),
    });
  }

  #assay(at: string, { batchId, grossGrams, composition }: BatchNode): void {
    const held = contentOf(composition);
    const found: ContentGrams = {};
    for (const mineral of MINERALS) {
      if (this.#chance(0.8))
        found[mineral] = Math.floor((held[mineral] ?? grossGrams / 9) * (0.9 + this.#random() / 5));
    }
    this.#append(at, 'BatchAssayed', { batchId, contentGrams: found, method: 'XRF' });
  }

  /** A label or an assay of a batch that has left since, mostly dated while it was there. */
  #tellLate(): void {
    const batches = [...this.#world.batches.values()];
    const whole = batches.filter(({ uses }) => uses.length === 0);
    const left = (this.#chance(0.5) ? whole : batches).flatMap((node) =>
      node.stays.flatMap(({ siteId, arrived, departed }) =>
        departed === undefined ? [] : [{ node, siteId, moments: [arrived.occurredAt, departed.occurredAt] }],
      ),
    );
    const chosen = this.#pickOr(left);
    if (chosen === undefined) return;
    const { node, siteId, moments } = chosen;
    if (this.#chance(0.9)) this.#minute = minuteOf(this.#pick(moments));
    if (this.#chance(0.5)) this.#assay(siteId, node);
    else this.#label(siteId, node);
    this.#minute = undefined;
  }

  #label(at: string, { batchId }: BatchNode): void {
    const labelId = this.#chance(0.2) ? 'l' : this.#name('l');
    const standard = this.#pick(['gs1-digital-link', 'private']);
    this.#append(at, 'BatchLabelled', { batchId, labelId, standard, carrier: 'qr', value: batchId });
  }

  #useUp(at: string, { batchId, grossGrams }: BatchNode): void {
    const used = this.#partOf(grossGrams);
    if (this.#chance(0.5)) this.#append(at, 'BatchConsumed', { batchId, grossGrams: used, productId: 'cell' });
    else this.#append(at, 'BatchDisposed', { batchId, grossGrams: used, reason: 'spilt' });
  }

  #remark(at: string, node: BatchNode): void {
    const { batchId, labels } = node;
    const label = this.#pickOr(labels);
    const choices: (() => void)[] = [
      () => this.#label(at, node),
      () => this.#append(at, 'BatchHeld', { batchId, authority: 'customs', reason: 'inspection' }),
      () => this.#append(at, 'BatchReleased', { batchId }),
      () => this.#append(at, 'RecycledContentDeclared', { batchId, mineral: this.#pick(MINERALS), share: '0.25' }),
    ];
    if (label !== undefined) {
      choices.push(() => this.#append(at, 'LabelRemoved', { batchId, labelId: label.labelId, reason: 'torn' }));
    }
    this.#pick(choices)();
  }

  /**
   * Changes masses, content, inputs, or what verdicts rest on of some earlier event; sometimes corrects a correction, or
   * confirms one.
   */
  #correct(): void {
    const event = this.#pick(this.ledger.events);
    if (event.type === 'CorrectionConfirmed') return;
    if (event.type === 'RecordCorrected') {
      this.ledger.write(event.stream.slice('site-'.length), 'CorrectionConfirmed', { eventId: event.id });
      return;
    }
    const data = structuredClone(event.data) as Record<string, unknown>;
    if (event.type === 'SiteOpened') data['country'] = this.#pick(['JP', 'CN', 'US']);
    if (this.#chance(0.3)) this.#changeWhatCounts(data);
    for (const list of ['inputs', 'outputs', 'parts', 'batches']) this.#changeMasses(data[list]);
    this.#changeMasses([data]);
    const everyBatch = [...this.#world.batches.keys()];
    if (event.type === 'BatchesTransformed' && this.#chance(0.4)) {
      data['inputs'] = this.#some(everyBatch, 3).map((batchId) => ({ batchId, grossGrams: this.#mass() }));
    }
    if (event.type === 'BatchesReceived' && this.#chance(0.4)) {
      data['batches'] = (data['batches'] as unknown[]).filter(() => this.#chance(0.5));
    }
    const earlier = this.ledger.events.findLast(
      (each) => each.type === 'RecordCorrected' && (each.data as SiteEvents['RecordCorrected']).eventId === event.id,
    );
    const corrected = earlier !== undefined && this.#chance(0.5) ? earlier : event;
    this.ledger.write(event.stream.slice('site-'.length), 'RecordCorrected', {
      eventId: corrected.id,
      reason: 'mistyped',
      replacement: data,
    });
  }

  #changeWhatCounts(data: Record<string, unknown>): void {
    if ('origin' in data) data['origin'] = { kind: this.#pick(['extracted', 'end-of-life', 'undocumented']) };
    if ('process' in data && 'outputs' in data) data['process'] = this.#pick(['recycling', 'refining']);
    if ('chainOfCustody' in data) data['chainOfCustody'] = this.#pick(['segregated', 'controlled-blending']);
  }

  #changeMasses(entries: unknown): void {
    if (!Array.isArray(entries)) return;
    for (const entry of entries as { grossGrams?: number; contentGrams?: ContentGrams }[]) {
      if (entry.grossGrams !== undefined && this.#chance(0.5)) {
        entry.grossGrams = Math.floor(entry.grossGrams * (0.5 + this.#random()));
      }
      if (entry.contentGrams !== undefined && this.#chance(0.3)) {
        entry.contentGrams = this.#contentUpTo(entry.grossGrams ?? this.#mass());
      }
    }
  }

  #append<T extends keyof SiteEvents>(siteId: string, type: T, data: SiteEvents[T]): void {
    const minute = this.#minute ?? this.ledger.events.length - Math.floor(this.#random() * 6);
    this.#written(this.ledger.write(siteId, type, data, minute));
  }
  #written(event: GraphEvent): void {
    foldEvent(this.#world, event);
  }

  #name(prefix: string): string {
    return `${prefix}${this.#named++}`;
  }
  #chance(probability: number): boolean {
    return this.#random() < probability;
  }
  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)] as T;
  }
  #pickOr<T>(from: readonly T[]): T | undefined {
    return from.length === 0 ? undefined : this.#pick(from);
  }
  #some<T>(from: readonly T[], most: number): T[] {
    const chosen = new Set<T>();
    for (let count = 1 + Math.floor(this.#random() * most); count > 0; count--) chosen.add(this.#pick(from));
    return [...chosen];
  }
  #partOf(grams: number): number {
    return this.#chance(0.4) ? grams : Math.max(1, Math.floor(grams * this.#random()));
  }
  #mass(): number {
    const magnitude = this.#pick([10, 1_000, 1_000_000, 2 ** 42]);
    return 1 + Math.floor(this.#random() * magnitude);
  }
  #contentUpTo(grossGrams: number): ContentGrams {
    const content: ContentGrams = {};
    for (const mineral of this.#some(MINERALS, 3)) content[mineral] = Math.floor((grossGrams / 3) * this.#random());
    return content;
  }
}

/** A ledger of about that many events. */
export function randomLedger(seed: number, steps: number): GraphEvent[] {
  const wanderer = new Wanderer(seed);
  for (let step = 0; step < steps; step++) wanderer.step();
  return wanderer.ledger.events;
}
