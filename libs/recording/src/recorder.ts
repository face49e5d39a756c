import { type AttestationSchemes } from '#attestation';
import { type EventStore } from '#event-store';
import { type CommandReceipt } from './command-context.js';
import { LedgerClock } from './clock.js';
import { type CompositionCheck } from './composition-check.js';
import { type DisclosureKeeper } from './disclosing.js';
import { EarlierCommands } from './earlier-commands.js';
import { commandIdOf } from './identity.js';
import { type EventIndex, type ReplacementCheck, type SnapshotStore } from './ports.js';
import { Registry } from './registry.js';
import { Reservations } from './reservations.js';
import { ShortStreams } from './short-streams.js';
import { Signatures } from './signatures.js';
import { SiteAccounts } from './site-accounts.js';
import { AppendSize } from './site-chunk.js';
import { SiteDecisions } from './site-decisions.js';
import { SiteFacts } from './site-facts.js';
import { SiteLane } from './site-lane.js';
import { type SiteRequest } from './site-request.js';

/** What a recorder works with. Only the log is needed. */
export interface RecorderParts {
  readonly store: EventStore;
  /** The origin of the ledger's checkpoints, which signatures are bound to. Default: none; then no signature holds. */
  readonly origin?: string;
  /** Default: some of its own, of that log and origin. */
  readonly signatures?: Signatures;
  /** Default: one of its own. */
  readonly clock?: LedgerClock;
  /** Default: none; an account that is not in memory is folded from its first event. */
  readonly snapshots?: SnapshotStore;
  /** Default: none; needed where the log has no index of event ids (EventStoreDB) and sites more commands than a window. */
  readonly index?: EventIndex;
  /** The schemes under which organisations attest. Default: none, and attestations are refused. */
  readonly schemes?: AttestationSchemes;
  /** Default: commands that withhold something fail. */
  readonly disclosures?: DisclosureKeeper;
  /** Default: the form of a replacement is the caller's to check. */
  readonly replacements?: ReplacementCheck;
  /** Default: the compositions that commands make are not bounded, for programs without read tables. */
  readonly compositions?: CompositionCheck;
}

/**
 * Records commands in a log, whoever sends them: loads what they depend on, decides, reserves the ids that they use, and
 * appends. A process has one recorder for each log.
 */
export class Recorder {
  readonly clock: LedgerClock;
  readonly signatures: Signatures;
  readonly streams: ShortStreams;
  /** Organisations, sites that open, attestations, concerns. */
  readonly registry: Registry;
  readonly #decisions: SiteDecisions;
  readonly #lanes = new Map<string, SiteLane>();
  readonly #appendSize: AppendSize;

  constructor(parts: RecorderParts) {
    const { store, clock = new LedgerClock(), disclosures = NO_KEEPER, schemes = new Map() } = parts;
    const accounts = new SiteAccounts(store, parts.snapshots ?? NO_SNAPSHOTS);
    const reservations = new Reservations(store);
    const facts = new SiteFacts(
      store,
      accounts,
      reservations,
      parts.replacements ?? { check: () => undefined },
      clock,
      schemes,
    );
    const earlier = new EarlierCommands(store, parts.index ?? NO_INDEX);
    this.clock = clock;
    this.signatures = parts.signatures ?? new Signatures(store, parts.origin ?? '');
    this.streams = new ShortStreams(store, clock, this.signatures, disclosures);
    this.registry = new Registry(this.streams, this.signatures, schemes);
    this.#decisions = new SiteDecisions(
      store,
      accounts,
      reservations,
      facts,
      earlier,
      clock,
      this.signatures,
      disclosures,
      parts.compositions ?? { check: () => undefined },
    );
    this.#appendSize = new AppendSize(this.#decisions.mostAppendBytes);
  }

  /**
   * Records a command at a site. The command has its place in the site's queue as soon as this returns, so commands are
   * recorded in the order in which they are submitted.
   * @returns resolves when its event is durable
   * @throws CommandRefused by rejecting: what the site's decider refuses, `not-found` for a site that is not the
   *   principal's, `idempotency-key-reused`, `revision-conflict`; EventStoreError when the log failed
   */
  atSite(request: SiteRequest): Promise<CommandReceipt> {
    const { siteId, context } = request;
    const commandId = commandIdOf(context.principal.principal, context.idempotencyKey);
    const lane = this.#laneOf(siteId);
    if (this.#lanes.size > 1) this.#appendSize.othersWait();
    const recorded = lane.add(request, commandId);
    recorded.catch(() => undefined); // the sender handles it when it awaits the result
    return recorded;
  }

  /** Stops following the log; commands in progress are completed. */
  close(): void {
    this.signatures.close();
  }

  #laneOf(siteId: string): SiteLane {
    const known = this.#lanes.get(siteId);
    if (known) return known;
    const lane = new SiteLane(siteId, this.#decisions, this.#appendSize, () => this.#lanes.delete(siteId));
    this.#lanes.set(siteId, lane);
    return lane;
  }
}

const NO_SNAPSHOTS: SnapshotStore = {
  load: () => Promise.resolve(undefined),
  save: () => Promise.resolve(),
};

const NO_INDEX: EventIndex = {
  waitFor: () => Promise.reject(new Error('this recorder has no index of earlier commands')),
  byId: () => Promise.reject(new Error('this recorder has no index of earlier commands')),
};

const NO_KEEPER: DisclosureKeeper = {
  begin(_, __, disclosures) {
    if (disclosures.length > 0) throw new Error('this recorder keeps no withheld values');
    return { done: () => undefined, failed: () => undefined };
  },
};
