import { LRUCache } from 'lru-cache';
import { setTimeout as delay } from 'node:timers/promises';
import { ASSEMBLY_PROCESS, MINERALS, type SiteEvent } from '#custody';
import { USUAL_SHARES, type CompositionWidths } from '#read-model';
import { CommandRefused, CompositionUnknown, type CompositionCheck } from '#recording';

/** Most shares that one command may combine in a batch: a batch with that many takes about 2 MB wherever it is read. */
const MOST_POOL_SHARES = 32_768;
/** Most shares that one command may read and write: one or two seconds of the thread that fills the tables. */
const MOST_SHARES = 262_144;
/** How many batches have their bound kept until the tables have them. */
const REMEMBERED = 100_000;
/** How often the tables are asked which batches are wide, milliseconds. */
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
 * Bounds what one command costs the read model. For every output of a transformation the ledger keeps where each
 * milligram came from, with up to all the keys of all inputs: that is keys times outputs. Accounts do not know the
 * keys, but the tables do. For batches that the tables do not have yet, a bound is kept here: a batch has at most the
 * keys that went into it. A command waits for the tables only if that bound is too large.
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
    // What is too much to read is too much to judge as well.
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

  /** Until the tables have them. What is added to the pool is of unknown origin: one more key per mineral. */
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

  /** Does not say how many keys there are: some may belong to makers that are hidden from the caller. */
  #tooWide(read: number, pool: number, { length: made }: readonly string[]): CommandRefused {
    const shares = 'keys of country, class, maker and recycler, for each mineral';
    const detail =
      made > 0 && pool > this.#limits.pool && read <= this.#limits.command
        ? `Together these batches are made of more (${shares}) than the ${this.#limits.pool} that one batch can have: put fewer of them together.`
        : `What these batches are made of (${shares}), for each that the command reads and each that it makes, comes to more than ${this.#limits.command}: divide it into several commands of fewer batches.`;
    return new CommandRefused('composition-too-wide', detail);
  }
}

/** Undefined: the cost is at most that of a single batch. */
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
