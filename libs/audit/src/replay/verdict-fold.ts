import {
  Chains,
  createStanding,
  Evaluator,
  foldEvent,
  foldStanding,
  type ClaimsVerdict,
  type GraphEvent,
  type Programme,
} from '#claims';
import { Corrections } from '#custody';
import { SpillingGraph } from './spilling-nodes.js';

/** What of the log must be known before its events can be folded in one pass. */
export interface FoldBasis {
  /** Up to the last event that counts, by stream: an event is only ever corrected by one of its own stream. */
  readonly corrections: ReadonlyMap<string, Corrections>;
  /** Only what occurred up to then; undefined: everything. */
  readonly validAt: string | undefined;
}

/** Folds a log and judges its batches: the fold and the rules are those of every other answer of the ledger. */
export class VerdictFold {
  readonly #graph;
  readonly #standing = createStanding();

  /** @param nodesKept of the graph, of each kind, in memory */
  constructor(
    private readonly basis: FoldBasis,
    nodesKept?: number,
  ) {
    this.#graph = new SpillingGraph(nodesKept);
  }

  /** Takes the events that count, in log order. */
  take(event: GraphEvent): void {
    const { corrections, validAt } = this.basis;
    foldStanding(this.#standing, event);
    if (validAt !== undefined && event.metadata.occurredAt > validAt) return;
    foldEvent(this.#graph, corrections.get(event.stream)?.effective(event) ?? event);
    this.#graph.trim();
  }

  /** The verdict of every batch under every programme: batch by batch, as their chains are at hand; then in the order given. */
  *verdicts(programmes: readonly Programme[], validAt: string): Generator<ClaimsVerdict> {
    this.#graph.freeze();
    const chains = new Chains(this.#graph, this.#standing, validAt);
    const evaluators = programmes.map((programme) => new Evaluator(chains, programme));
    for (const batchId of this.#graph.batches.ids()) {
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

/** The corrections of a log, gathered so that they can be folded in the place of what they correct. */
export class GatheredCorrections {
  readonly #events: GraphEvent[] = [];

  take(event: GraphEvent): void {
    if (isCorrection(event)) this.#events.push(event);
  }

  get count(): number {
    return this.#events.length;
  }

  /** Those up to a log index. */
  upTo(logIndex: number): Map<string, Corrections> {
    const byStream = new Map<string, Corrections>();
    for (const event of this.#events) {
      if (event.logIndex > logIndex) break;
      const corrections = byStream.get(event.stream) ?? new Corrections();
      corrections.note(event);
      byStream.set(event.stream, corrections);
    }
    return byStream;
  }
}

function isCorrection(event: GraphEvent): boolean {
  if (event.type !== 'RecordCorrected' || typeof event.data !== 'object' || event.data === null) return false;
  const { eventId, replacement } = event.data as { eventId?: unknown; replacement?: unknown };
  const isRecord = typeof replacement === 'object' && replacement !== null && !Array.isArray(replacement);
  return typeof eventId === 'string' && isRecord;
}
