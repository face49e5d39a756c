import { busySite, EVENTS_PER_BATCH, SITE_EVENTS_PER_BATCH } from './busy-site.js';
import { fan, PARTS_PER_SPLIT } from './fan.js';
import { EVENTS_PER_LINK, longChain } from './long-chain.js';
import { SeededRandom } from './seeded-random.js';
import { SimulatedLedger, type GeneratedAppend } from './simulated-ledger.js';
import { SupplyChain } from './supply-chain.js';
import { foundAttestor } from './world.js';

/** What a generated ledger is to contain. Each special part is spread over the whole ledger. */
export interface LedgerPlan {
  /** Events in all, reservations of ids included. */
  readonly events: number;
  /** A safe integer ≥ 0. The same plan gives the same records, byte for byte. */
  readonly seed: number;
  /** A chain of this many batches, each made of the one before and shipped on. */
  readonly chain?: number;
  /** Sites with at least this many events in their streams. */
  readonly busySites?: readonly number[];
  /** Sites that exactly this many batches passed through. */
  readonly fans?: readonly number[];
}

/** One supply chain of five sites per this many events, so that a site's stream has some thousands. */
const EVENTS_PER_REGION = 50_000;
/** The special parts are finished when this much of the ledger is written, in hundredths. */
const SPECIAL_PARTS_END = 95;
/** Room for the sites of special parts, in events. */
const OPENING_EVENTS = 60;

/** A plan that asks for more special parts than it has events. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
}

/** A special part of the ledger, in steps of about the same number of events. */
interface Part {
  readonly steps: number;
  readonly work: Generator<void>;
  done: number;
}

/**
 * Generates a ledger: organisations, sites, attestations, and supply chains that mine, recycle, split, refine, blend, ship,
 * label, assay, declare and use up. Every event is one that the ledger's own deciders accept, in this order.
 * @throws PlanError
 */
export function* generateLedger(plan: LedgerPlan): Generator<GeneratedAppend> {
  requireRoom(plan);
  const random = new SeededRandom(plan.seed);
  const ledger = new SimulatedLedger(random, plan.events);
  const parts = partsOf(plan, ledger, random);
  const regions = Array.from({ length: Math.ceil(plan.events / EVENTS_PER_REGION) }, (_, index) =>
    new SupplyChain(ledger, random, `region-${index + 1}`).steps(),
  );
  foundAttestor(ledger);
  let left = plan.events;
  while (left > 0) {
    const progress = (ledger.count * 100) / (plan.events * SPECIAL_PARTS_END);
    const late = parts.find((part) => part.done < Math.min(part.steps, part.steps * progress));
    if (late) advance(late);
    else random.pick(regions).next();
    for (const append of ledger.take()) {
      if (left > 0) yield append.events.length <= left ? append : { ...append, events: append.events.slice(0, left) };
      left -= append.events.length;
    }
  }
}

function advance(part: Part): void {
  part.done++;
  if (part.work.next().done === true) part.done = part.steps;
}

function partsOf(
  { chain = 0, busySites = [], fans = [] }: LedgerPlan,
  ledger: SimulatedLedger,
  random: SeededRandom,
): Part[] {
  const parts: Part[] = busySites.map((siteEvents) => ({
    steps: Math.ceil(siteEvents / SITE_EVENTS_PER_BATCH),
    work: busySite(ledger, random, siteEvents),
    done: 0,
  }));
  for (const batches of fans) {
    parts.push({ steps: Math.ceil(batches / PARTS_PER_SPLIT) + 1, work: fan(ledger, random, batches), done: 0 });
  }
  if (chain > 0) parts.push({ steps: chain + 1, work: longChain(ledger, random, chain), done: 0 });
  return parts;
}

function requireRoom({ events, chain = 0, busySites = [], fans = [] }: LedgerPlan): void {
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
  const wanted =
    chain * EVENTS_PER_LINK +
    Math.ceil(sum(busySites) / SITE_EVENTS_PER_BATCH) * EVENTS_PER_BATCH +
    sum(fans) +
    ((chain > 0 ? 1 : 0) + busySites.length + fans.length) * OPENING_EVENTS;
  if (wanted * 100 <= events * SPECIAL_PARTS_END) return;
  const enough = Math.ceil((wanted * 100) / SPECIAL_PARTS_END);
  throw new PlanError(`${events} events have no room for these parts: ask for ${enough} or more`);
}
