import {
  buildGraph,
  buildStanding,
  Chains,
  createGraph,
  createStanding,
  Evaluator,
  foldEvent,
  foldStanding,
  isCorrecting,
  programmeReference,
  type ClaimsVerdict,
  type GraphEvent,
  type Programme,
  type ProvenanceGraph,
  type Standing,
} from '#claims';
import { disclosed, type EventMetadata } from '#custody';
import { canonicalBytes, sha256, toHex, type BundleHeader, type BundleJudge, type EvidenceRecord } from '#transparency';
import { isInstant } from '#vocabulary';
import { verdictParts } from './verdict-parts.js';

/** A programme as a bundle names it: the version, and the hash of its canonical form, so that both sides mean the same. */
interface NamedProgramme {
  readonly programme: string;
  readonly sha256: string;
}

/** What the bundle of a batch is about: the header's `subject`. */
interface BatchSubject {
  readonly batchId: string;
  readonly validAt: string;
  readonly programmes: readonly NamedProgramme[];
}

export function namedProgramme(programme: Programme): NamedProgramme {
  return { programme: programmeReference(programme), sha256: toHex(sha256(canonicalBytes(programme))) };
}

/** The programmes that a bundle names, from the files of whoever verifies it. @throws Error when one is not the same */
export function programmesNamed(named: unknown, programmes: readonly Programme[]): Programme[] {
  if (!Array.isArray(named)) throw new Error('the subject names no programmes');
  return named.map((entry: unknown) => {
    const { programme, sha256 } = entry as Partial<NamedProgramme>;
    const found = programmes.find((each) => programmeReference(each) === programme);
    if (!found) throw new Error(`this verifier does not have the programme ${JSON.stringify(programme)}`);
    if (namedProgramme(found).sha256 !== sha256) throw new Error(`the programme ${programme} is another one here`);
    return found;
  });
}

/** The event that a record holds. */
export function eventOfEvidence(record: EvidenceRecord, logIndex: number): GraphEvent {
  const { id, stream, type, data, revision } = record;
  const metadata = record.metadata as unknown as EventMetadata;
  return { id, stream, type, data, revision: BigInt(revision), metadata, logIndex };
}

/** Nothing can be judged from a bundle that hides records: a hidden record could change any verdict. */
export const NO_JUDGE: BundleJudge = { take: requireTimes, verdict: () => [] };

/**
 * Judges a batch from the records of a bundle, with the code that judges it in the ledger. Where nothing is corrected and
 * nothing disclosed the records are folded as they come, and only the graph is held; else all of them are.
 */
export class BatchJudge implements BundleJudge {
  readonly #events: GraphEvent[] = [];
  /** Commitment → what was committed to. */
  readonly #disclosed = new Map<string, unknown>();
  readonly #programmes: readonly Programme[];
  readonly #graph = createGraph();
  readonly #standing = createStanding();

  readonly #subject: Omit<BatchSubject, 'programmes'>;
  readonly #isPlain: boolean;

  /** @param isPlain among the records is no correction, and of none a value is disclosed */
  constructor(subject: Omit<BatchSubject, 'programmes'>, programmes: readonly Programme[], isPlain = false) {
    this.#subject = subject;
    this.#programmes = programmes;
    this.#isPlain = isPlain;
  }

  /** @throws Error when the subject is none, or names programmes that are not here */
  static of({ subject }: BundleHeader, programmes: readonly Programme[], isPlain = false): BatchJudge {
    const { batchId, validAt, programmes: named } = subject;
    if (typeof batchId !== 'string' || !isInstant(validAt)) throw new Error('the subject names no batch and moment');
    return new BatchJudge({ batchId, validAt }, programmesNamed(named, programmes), isPlain);
  }

  take(record: EvidenceRecord, logIndex: bigint): void {
    requireTimes(record);
    this.note(eventOfEvidence(record, Number(logIndex)));
  }

  /** Takes the next event. @throws Error for a correction where none was to be */
  note(event: GraphEvent): void {
    if (!this.#isPlain) return void this.#events.push(event);
    if (isCorrecting(event)) throw new Error(CHANGED);
    foldStanding(this.#standing, event);
    if (event.metadata.occurredAt <= this.#subject.validAt) foldEvent(this.#graph, event);
  }

  disclose(commitment: string, value: unknown): void {
    if (this.#isPlain) throw new Error(CHANGED);
    this.#disclosed.set(commitment, value);
  }

  verdict(): Iterable<unknown> {
    return verdictParts(this.verdicts());
  }

  /** One for each programme, by the values that are disclosed. */
  verdicts(): ClaimsVerdict[] {
    const { batchId, validAt } = this.#subject;
    const { graph, standing } = this.#folded(validAt);
    const chains = new Chains(graph, standing, validAt);
    return this.#programmes.flatMap((programme) => new Evaluator(chains, programme).verdictOf(batchId) ?? []);
  }

  #folded(validAt: string): { graph: ProvenanceGraph; standing: Standing } {
    if (this.#isPlain) return { graph: this.#graph, standing: this.#standing };
    const values = this.#disclosed;
    const events =
      values.size === 0
        ? this.#events
        : this.#events.map((event) => ({ ...event, data: disclosed(event.data, values) }));
    return { graph: buildGraph(events, { validAt }), standing: buildStanding(events) };
  }
}

const CHANGED = 'the file has changed while it was read';

function requireTimes({ metadata: { occurredAt, recordedAt } }: EvidenceRecord): void {
  if (!isInstant(occurredAt) || !isInstant(recordedAt)) throw new Error('the record has no time');
}
