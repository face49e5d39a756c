import {
  Chains,
  correctionsAmong,
  createStanding,
  Evaluator,
  foldEvent,
  foldStanding,
  inForce,
  isCorrecting,
  type ClaimsVerdict,
  type GraphEvent,
  type Programme,
} from '#claims';
import { type Corrections } from '#custody';
import { SpillingGraph } from './spilling-nodes.js';

/** What must be known about the log before its events can be folded in one pass. */
interface FoldBasis {
  /** Up to the last event that counts, by stream: an event is only ever corrected by one of its own stream. */
  readonly corrections: ReadonlyMap<string, Corrections>;
  /** Only what occurred up to then; undefined: everything. */
  readonly validAt: string | undefined;
}

/**
 * Batches judged by the same evaluators, which remember what each batch and transformation of a chain contributed, and so hold
 * on to nodes: with those of a whole ledger memory would have no bound.
 */
const BATCHES_SHARING = 4_096;

/** Folds a log and judges its batches: the fold and the rules are those of every other answer of the ledger. */
export class VerdictFold {
  readonly #graph;
  readonly #standing = createStanding();

  readonly #basis: FoldBasis;

  /** @param bytesKept estimated, of the graph in memory */
  constructor(basis: FoldBasis, bytesKept?: number) {
    this.#basis = basis;
    this.#graph = new SpillingGraph(bytesKept);
  }

  /** Takes the events that count, in log order. */
  take(event: GraphEvent): void {
    const { corrections, validAt } = this.#basis;
    foldStanding(this.#standing, event);
    if (validAt !== undefined && event.metadata.occurredAt > validAt) return;
    foldEvent(this.#graph, inForce(event, corrections.get(event.stream)));
    this.#graph.trim();
  }

  /** Batches to be judged. */
  get batches(): number {
    return this.#graph.batches.made;
  }

  /** The verdict of every batch under every programme: batch by batch, in the order in which their chains are in memory; then in the order given. */
  *verdicts(programmes: readonly Programme[], validAt: string): Generator<ClaimsVerdict> {
    this.#graph.freeze();
    let evaluators: Evaluator[] = [];
    let judged = 0;
    for (const batchId of this.#graph.batches.ids()) {
      if (judged++ % BATCHES_SHARING === 0) {
        const chains = new Chains(this.#graph, this.#standing, validAt);
        evaluators = programmes.map((programme) => new Evaluator(chains, programme));
      }
      for (const evaluator of evaluators) {
        const verdict = evaluator.verdictOf(batchId);
        if (verdict) yield verdict;
      }
      this.#graph.trim();
    }
  }

  close(): void {
    this.#graph.close();
  }
}

/** The corrections of a log and their confirmations, gathered so that they can be folded in the place of what they correct. */
export class GatheredCorrections {
  readonly #events: GraphEvent[] = [];

  take(event: GraphEvent): void {
    if (isCorrecting(event)) this.#events.push(event);
  }

  get count(): number {
    return this.#events.length;
  }

  /** Those up to a log index. */
  upTo(logIndex: number): Map<string, Corrections> {
    return correctionsAmong(this.#events.filter((event) => event.logIndex <= logIndex));
  }
}
