import { LRUCache } from 'lru-cache';
import { setTimeout as delay } from 'node:timers/promises';
import { ASSEMBLY_PROCESS, MINERALS, type SiteEvent } from '#custody';
import { USUAL_SHARES, type CompositionWidths } from '#read-model';
import { CommandRefused, CompositionUnknown, type CompositionCheck } from '#recording';

/** Most shares of what one command puts together: a batch that has so many takes some 2 MB wherever it is read. */
export const MOST_POOL_SHARES = 32_768;
/** Most shares that one command reads and writes: a second or two of the thread that keeps the tables. */
export const MOST_SHARES = 262_144;
/** Batches whose bound is kept until the tables have them. */
const REMEMBERED = 100_000;
/** A batch that is wide by the tables alone is known to be after so long, milliseconds. */
const LOOK_EVERY_MS = 1_000;
const POLL_MS = 25;

/** The compositions that a fact reads and makes. */
interface Work {
  readonly reads: readonly string[];
  readonly makes: readonly string[];
  readonly process?: { readonly siteId: string; readonly process: string };
}

export interface CostLimits {
  /** Shares that one batch can have. */
  readonly pool: number;
  /** Shares that one command reads and makes. */
  readonly command: number;
  /** How long a command waits for the tables to have what it uses, milliseconds. */
  readonly patienceMs: number;
}

const USUAL_LIMITS: CostLimits = { pool: MOST_POOL_SHARES, command: MOST_SHARES, patienceMs: 5_000 };

/**
 * Keeps what one command costs the read model within a bound. Of every output of a transformation the ledger carries where
 * each milligram came from, up to the keys of all inputs together: that is keys times outputs, and no account knows the keys.
 * The tables do. What they do not have yet has a bound that is kept here: each batch that was made, at most what was put
 * into it. Only where that bound is too much does a command wait for the tables.
 */
export class CompositionCosts implements CompositionCheck {
  /** Bounded by size, not by `max`, which would take the memory of all at once. */
  readonly #bounds = new LRUCache<string, number>({ maxSize: REMEMBERED, sizeCalculation: () => 1 });
  #anyWide = true;
  #lookedAt = -Infinity;

  readonly #widths: CompositionWidths;
  readonly #limits: CostLimits;

  constructor(widths: CompositionWidths, limits: CostLimits = USUAL_LIMITS) {
    this.#widths = widths;
    this.#limits = limits;
  }

  check(siteId: string, facts: readonly SiteEvent[]): Promise<void> | undefined {
    const works = facts.map((fact) => workOf(siteId, fact)).filter((work) => work !== undefined);
    return works.length === 0 ? undefined : this.#requireAll(works);
  }

  async #requireAll(works: readonly Work[]): Promise<void> {
    for (const work of works) await this.#require(work);
  }

  async #require(work: Work): Promise<void> {
    const { reads, makes, process } = work;
    const assumed = this.#boundOf(reads);
    if (this.#carries(assumed, assumed, makes) && !(await this.#isAnyWide())) return this.#note(makes, assumed);
    const known = await this.#widths.sharesOf(reads);
    const unknown = reads.filter((id) => !known.has(id));
    for (const id of known.keys()) this.#bounds.delete(id);
    const read = this.#boundOf(unknown) + [...known.values()].reduce((sum, shares) => sum + shares, 0);
    if (this.#carries(read, read, makes)) return this.#note(makes, read);
    if (unknown.length > 0) throw new CompositionUnknown(() => this.#untilKnown(unknown));
    // Too much to read is too much to judge, too.
    const pool = read > this.#limits.command ? read : await this.#widths.ofPool(reads, process);
    if (this.#carries(read, pool, makes)) return this.#note(makes, pool);
    throw this.#tooWide(read, pool, makes);
  }

  #carries(read: number, pool: number, { length: made }: readonly string[]): boolean {
    return (made === 0 || pool <= this.#limits.pool) && read + pool * made <= this.#limits.command;
  }

  #boundOf(batchIds: readonly string[]): number {
    return batchIds.reduce((sum, id) => sum + (this.#bounds.get(id) ?? USUAL_SHARES), 0);
  }

  /** Until the tables have them. What is added beside the pool is of unknown origin: one key more of each mineral. */
  #note(made: readonly string[], pool: number): void {
    if (pool > USUAL_SHARES) for (const id of made) this.#bounds.set(id, pool + MINERALS.length);
  }

  async #isAnyWide(): Promise<boolean> {
    if (performance.now() - this.#lookedAt > LOOK_EVERY_MS) {
      this.#lookedAt = performance.now();
      this.#anyWide = await this.#widths.anyWide();
    }
    return this.#anyWide;
  }

  async #untilKnown(batchIds: readonly string[]): Promise<boolean> {
    const until = performance.now() + this.#limits.patienceMs;
    while (performance.now() < until) {
      await delay(POLL_MS);
      if ((await this.#widths.sharesOf(batchIds)).size === batchIds.length) return true;
    }
    return false;
  }

  /** Does not say how many there are: some may be of makers that are hidden from the caller. */
  #tooWide(read: number, pool: number, { length: made }: readonly string[]): CommandRefused {
    const shares = 'keys of country, class, maker and recycler, for each mineral';
    const detail =
      made > 0 && pool > this.#limits.pool && read <= this.#limits.command
        ? `Together these batches are made of more (${shares}) than the ${this.#limits.pool} that one batch can have: put fewer of them together.`
        : `What these batches are made of (${shares}), for each that the command reads and each that it makes, comes to more than ${this.#limits.command}: divide it into several commands of fewer batches.`;
    return new CommandRefused('composition-too-wide', detail);
  }
}

/** Undefined: the cost does not grow beyond that of a single batch. */
function workOf(siteId: string, fact: SiteEvent): Work | undefined {
  switch (fact.type) {
    case 'BatchesTransformed': {
      const { inputs, outputs, process } = fact.data;
      return { reads: idsOf(inputs), makes: idsOf(outputs), process: { siteId, process } };
    }
    case 'ProductRepurposed':
      return { reads: fact.data.products, makes: [fact.data.productId] };
    case 'ProductWasted':
      return { reads: fact.data.products, makes: [fact.data.batchId] };
    case 'BatchSplit':
      return { reads: [fact.data.batchId], makes: idsOf(fact.data.parts) };
    case 'ProductsAssembled': {
      const { inputs, products, productIds, kind } = fact.data;
      return { ...madeOf(siteId, kind, inputs, products), makes: [...new Set(productIds)] };
    }
    case 'ProductAssembled': {
      const { inputs, products, productId, kind } = fact.data;
      return { ...madeOf(siteId, kind, inputs, products), makes: [productId] };
    }
    case 'BatchesDispatched':
    case 'BatchesReceived':
    case 'ShipmentReturned':
      return { reads: idsOf(fact.data.batches), makes: [] };
    case 'ShipmentHeld':
    case 'ShipmentReleased':
      return { reads: [...new Set(fact.data.batchIds)], makes: [] };
    default:
      return undefined;
  }
}

/** What products are made of: batches, and products that were made before. */
function madeOf(
  siteId: string,
  kind: keyof typeof ASSEMBLY_PROCESS,
  inputs: readonly { readonly batchId: string }[],
  products: readonly string[] = [],
): Pick<Work, 'reads' | 'process'> {
  return { reads: [...new Set([...idsOf(inputs), ...products])], process: { siteId, process: ASSEMBLY_PROCESS[kind] } };
}

function idsOf(batches: readonly { readonly batchId: string }[]): string[] {
  return [...new Set(batches.map(({ batchId }) => batchId))];
}
