import {
  buildGraph,
  createGraph,
  createStanding,
  evaluate,
  foldEvent,
  foldStanding,
  inForce,
  isCorrecting,
  standingKeyOf,
  type ClaimsVerdict,
  type GraphEvent,
  type Programme,
} from '#claims';
import { GatheredCorrections } from './verdict-fold.js';

/** A batch's chain as the ledger came to know it, event by event, judged as of one moment in the world. */
export class GrowingChain {
  readonly #known: GraphEvent[] = [];
  readonly #corrections = new GatheredCorrections();
  readonly #standing = createStanding();
  #inForce: ReturnType<GatheredCorrections['upTo']> = new Map();
  #graph = createGraph();

  readonly #batchId: string;
  /** RFC 3339 UTC with milliseconds. */
  readonly #validAt: string;

  constructor(batchId: string, validAt: string) {
    this.#batchId = batchId;
    this.#validAt = validAt;
  }

  /**
   * Takes the next event of the chain, in log order.
   * @returns whether a verdict may have changed
   */
  take(event: GraphEvent): boolean {
    this.#known.push(event);
    foldStanding(this.#standing, event);
    if (isCorrecting(event)) {
      // It takes effect in the place of what it corrects or confirms, so everything since is folded again.
      this.#corrections.take(event);
      this.#inForce = this.#corrections.upTo(event.logIndex);
      this.#graph = buildGraph(this.#known, { validAt: this.#validAt });
      return true;
    }
    const isOfStanding = standingKeyOf(event) !== undefined;
    if (event.metadata.occurredAt > this.#validAt) return isOfStanding;
    const effective = inForce(event, this.#inForce.get(event.stream));
    return foldEvent(this.#graph, effective) === 'folded' || isOfStanding;
  }

  /** Undefined while no event has made the batch. */
  verdict(programme: Programme): ClaimsVerdict | undefined {
    const batchId = this.#batchId;
    const validAt = this.#validAt;
    return evaluate(this.#graph, this.#standing, programme, { batchId, validAt });
  }
}
