import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { EVERYTHING } from '#access';
import { type EventStore } from '#event-store';
import { AccountSnapshots, LedgerQueries, ReadModelProgress } from '#read-model';
import { LedgerClock, Recorder, Signatures } from '#recording';
import { type AttestationSchemes } from '#attestation';
import { Disclosures } from '../disclosures/disclosures.js';
import { ATTESTATION_SCHEMES } from '../log/schemes.token.js';
import { EVENT_STORE } from '../log/event-store.token.js';
import { CompositionCosts } from './composition-costs.js';
import { checkReplacement } from './replacement-check.js';

/** The recorder of this server's ledger. */
@Injectable()
export class LedgerRecorder extends Recorder implements OnModuleDestroy {
  constructor(
    @Inject(EVENT_STORE) store: EventStore,
    signatures: Signatures,
    clock: LedgerClock,
    snapshots: AccountSnapshots,
    queries: LedgerQueries,
    progress: ReadModelProgress,
    disclosures: Disclosures,
    compositions: CompositionCosts,
    @Inject(ATTESTATION_SCHEMES) schemes: AttestationSchemes,
  ) {
    super({
      store,
      signatures,
      clock,
      snapshots,
      index: {
        waitFor: (position, longestMs) => progress.waitFor(position, longestMs),
        byId: (eventId) => queries.eventById(EVERYTHING, eventId),
      },
      disclosures,
      schemes,
      replacements: { check: checkReplacement },
      compositions,
    });
  }

  onModuleDestroy(): void {
    this.close();
  }
}
