import { Injectable } from '@nestjs/common';
import { type Programme } from '#claims';
import { LedgerQueries, ProvenanceQueries, type LoggedEvent } from '#read-model';
import { parseCheckpoint, writeBundle, type BundleLeaf, type EvidenceRecord } from '#transparency';
import { ProgrammeLibrary } from '../claims/programme-library.js';
import { LedgerClock } from '../command/clock.js';
import { Problem } from '../problem/problem.js';
import { Audit } from './audit.js';
import { BatchJudge, namedProgramme } from './evidence-judge.js';

export interface EvidenceQuestion {
  readonly batchId: string;
  /** `id` or `id@version`; undefined: the newest version of each. */
  readonly programme: string | undefined;
  /** Undefined: now. */
  readonly validAt: string | undefined;
}

/** Writes what proves the verdicts of a batch to whoever has the log's key and nothing else. */
@Injectable()
export class Evidence {
  constructor(
    private readonly audit: Audit,
    private readonly ledger: LedgerQueries,
    private readonly provenances: ProvenanceQueries,
    private readonly library: ProgrammeLibrary,
    private readonly clock: LedgerClock,
  ) {}

  /**
   * The evidence bundle of a batch, under the last checkpoint: as far as the log is signed, it is known.
   * @throws Problem `not-found`, `overloaded` when nothing of the batch is signed yet
   */
  async bundle({ batchId, programme, validAt: asked }: EvidenceQuestion): Promise<AsyncIterable<Uint8Array>> {
    await this.audit.signedSize(BigInt(await this.ledger.ledgerSize()));
    const checkpoint = await this.audit.checkpoint();
    const { size } = parseCheckpoint(checkpoint);
    if (size === 0n) throw new Problem('not-found', `There is no batch ${batchId}.`);
    const last = await this.ledger.eventByIndex(Number(size) - 1);
    if (!last) throw new Problem('overloaded', 'The read model has not come as far as the checkpoint.', [], 1);
    const programmes = this.#programmes(programme, last.metadata.recordedAt);
    const validAt = asked ?? this.clock.now();
    const { events } = await this.provenances.chainEvents(batchId, { knownAt: last.logIndex });
    const judge = new BatchJudge({ batchId, validAt }, programmes);
    for (const event of events) judge.take(evidenceOf(event), BigInt(event.logIndex));
    const verdict = judge.verdict();
    if (verdict.length < programmes.length) throw new Problem('not-found', `There was no batch ${batchId} then.`);
    return writeBundle({
      mode: 'batch',
      key: this.audit.journal.ring.keysAt(size).at(-1)!,
      checkpoint,
      subject: { batchId, validAt, programmes: programmes.map(namedProgramme) },
      leaves: this.#leaves(events, size),
      verdict: () => verdict,
    });
  }

  *#leaves(events: readonly LoggedEvent[], size: bigint): Generator<BundleLeaf> {
    for (const { logIndex, record } of events) {
      const index = BigInt(logIndex);
      yield {
        logIndex: index,
        record: Buffer.from(record, 'utf8'),
        proof: this.audit.tree.inclusionProof(index, size),
      };
    }
  }

  #programmes(reference: string | undefined, publishedBy: string): Programme[] {
    if (reference === undefined) return this.library.newest(publishedBy);
    const programme = this.library.choose(reference, publishedBy);
    if (!programme) throw new Problem('not-found', `There is no programme ${reference}.`);
    return [programme];
  }
}

function evidenceOf({ record }: LoggedEvent): EvidenceRecord {
  return JSON.parse(record) as EvidenceRecord;
}
