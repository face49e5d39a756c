/** Random custody of few batches at few sites, with a record of where each batch's mass has been, kept as it flows. */
import fc from 'fast-check';
import { type LabelCondition, type Origin } from '#custody';
import { ChainWriter } from './chain-writer.js';

export const SITES = ['s0', 's1', 's2'] as const;
export const STANDARD = 'gs1-128';
const ORIGINS: Origin['kind'][] = ['extracted', 'end-of-life', 'undocumented'];
const CONDITIONS: LabelCondition[] = ['intact', 'illegible', 'missing'];
const HOUR = 3_600_000;
export const BEGINNING = Date.UTC(2025, 0, 1);

/** Custody that mass of a batch went through: [from, until), without `until` while it goes on. */
export interface Trail {
  readonly siteId: string;
  readonly from: string;
  readonly until?: string;
}
interface Lot {
  siteId: string;
  grams: number;
  labels: Set<string>;
  trail: Trail[];
}
interface RandomChain {
  readonly writer: ChainWriter;
  readonly trails: ReadonlyMap<string, readonly Trail[]>;
  /** The moment after the last event. */
  readonly end: string;
}

const step = fc.record({
  kind: fc.constantFrom('register', 'transform', 'transform', 'split', 'ship', 'ship', 'label', 'label', 'unlabel'),
  pick: fc.nat(1000),
  other: fc.nat(1000),
  hours: fc.nat(30),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Chains of at most `batches` batches. Everything is pure cobalt, so that masses and content never round. */
export function randomChain(batches: number): fc.Arbitrary<RandomChain> {
  return fc.array(step, { minLength: 3, maxLength: 30 }).map((steps) => new Interpreter(batches).run(steps));
}

class Interpreter {
  readonly #writer = new ChainWriter();
  readonly #lots = new Map<string, Lot>();
  readonly #trails = new Map<string, readonly Trail[]>();
  #clock = BEGINNING;
  #count = 0;

  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  run(steps: readonly Step[]): RandomChain {
    for (const siteId of SITES) this.#writer.open(siteId);
    this.#register({ kind: 'register', pick: 0, other: 0, hours: 0 });
    for (const each of steps) {
      this.#clock += each.hours * HOUR;
      if (each.kind === 'register') this.#register(each);
      else this.#onLot(each);
    }
    this.#clock += HOUR;
    for (const [batchId, lot] of this.#lots) this.#trails.set(batchId, lot.trail);
    return { writer: this.#writer, trails: this.#trails, end: this.#now };
  }

  get #now(): string {
    return new Date(this.#clock).toISOString();
  }

  #newId(): string | undefined {
    return this.#count < this.#most ? `b${this.#count++}` : undefined;
  }

  #register({ pick, other }: Step): void {
    const batchId = this.#newId();
    if (batchId === undefined) return;
    const siteId = SITES[pick % SITES.length] ?? 's0';
    const grams = 16 * (1 + (other % 8));
    const kind = ORIGINS[other % ORIGINS.length] ?? 'extracted';
    this.#writer.register(this.#now, siteId, batchId, grams, { cobalt: grams }, { origin: { kind } });
    this.#lots.set(batchId, { siteId, grams, labels: new Set(), trail: [{ siteId, from: this.#now }] });
  }

  #onLot(each: Step): void {
    const [batchId, lot] = [...this.#lots][each.pick % Math.max(this.#lots.size, 1)] ?? [];
    if (batchId === undefined || lot === undefined) return;
    if (each.kind === 'transform') this.#transform(each, batchId, lot);
    else if (each.kind === 'split') this.#split(batchId, lot);
    else if (each.kind === 'ship') this.#ship(each, batchId, lot);
    else this.#label(each, batchId, lot);
  }

  #transform({ other }: Step, batchId: string, lot: Lot): void {
    const made = this.#newId();
    if (made === undefined) return;
    const beside = [...this.#lots].filter(([id, each]) => each.siteId === lot.siteId && id !== batchId);
    const second = other % 2 === 0 ? beside[other % Math.max(beside.length, 1)] : undefined;
    const used = second === undefined ? [[batchId, lot] as const] : [[batchId, lot] as const, second];
    const inputs: Record<string, number> = {};
    const trail: Trail[] = [{ siteId: lot.siteId, from: this.#now }];
    let total = 0;
    for (const [id, each] of used) {
      const grams = other % 3 === 0 && each.grams > 1 ? Math.floor(each.grams / 2) : each.grams;
      inputs[id] = grams;
      total += grams;
      trail.push(...this.#take(id, each, grams));
    }
    this.#writer.transform(this.#now, lot.siteId, inputs, { [made]: [total, { cobalt: total }] });
    this.#lots.set(made, { siteId: lot.siteId, grams: total, labels: new Set(), trail });
  }

  #split(batchId: string, lot: Lot): void {
    const made = lot.grams > 1 ? this.#newId() : undefined;
    if (made === undefined) return;
    const grams = Math.floor(lot.grams / 2);
    const trail = [{ siteId: lot.siteId, from: this.#now }, ...this.#take(batchId, lot, grams)];
    this.#writer.split(this.#now, lot.siteId, batchId, { [made]: grams });
    this.#lots.set(made, { siteId: lot.siteId, grams, labels: new Set(), trail });
  }

  /** What the mass taken has been through up to now. */
  #take(batchId: string, lot: Lot, grams: number): Trail[] {
    const until = this.#now;
    const past = lot.trail.map((each) => ({ ...each, until: each.until ?? until }));
    lot.grams -= grams;
    if (lot.grams === 0) {
      this.#lots.delete(batchId);
      this.#trails.set(batchId, past);
    }
    return past;
  }

  #ship({ other, hours }: Step, batchId: string, lot: Lot): void {
    const to = SITES.find((siteId, index) => siteId !== lot.siteId && index >= other % 2) ?? 's2';
    const from = lot.siteId;
    if (lot.trail.some(({ siteId }) => siteId === to)) return;
    this.#writer.dispatch(this.#now, from, to, batchId, { labels: [...lot.labels] });
    const left = this.#now;
    this.#clock += hours * HOUR;
    const seen = [...lot.labels].map(
      (labelId, index) => [labelId, CONDITIONS[(other + index) % 5] ?? 'intact'] as const,
    );
    this.#writer.receive(this.#now, to, from, batchId, lot.grams, Object.fromEntries(seen));
    lot.labels = new Set(seen.filter(([, condition]) => condition !== 'missing').map(([labelId]) => labelId));
    lot.siteId = to;
    lot.trail = [...lot.trail.map((each) => ({ ...each, until: each.until ?? left })), { siteId: to, from: this.#now }];
  }

  #label({ kind, other }: Step, batchId: string, lot: Lot): void {
    const labelId = `l${batchId}-${other % 2}`;
    if (kind === 'label' && !lot.labels.has(labelId)) {
      this.#writer.label(this.#now, lot.siteId, batchId, labelId, other % 3 === 0 ? 'private' : STANDARD);
      lot.labels.add(labelId);
    } else if (kind === 'unlabel' && lot.labels.delete(labelId)) {
      this.#writer.unlabel(this.#now, lot.siteId, batchId, labelId);
    }
  }
}
