import { mkdir } from 'node:fs/promises';
import { type Logger } from 'pino';
import { openEventStore, type EventStore, type StreamFinding } from '#event-store';
import {
  AccountSnapshots,
  LedgerQueries,
  openViews,
  type ReadModelProgress,
  type VerdictProgress,
  type Views,
} from '#read-model';
import { EVERYTHING } from '#access';
import { withheldIn } from '#custody';
import { erasureStream, LedgerClock } from '#recording';
import { type AttestationSchemes } from '#attestation';
import { DataFileError, loadSchemes, PROGRAMMES_FOLDER, ProgrammeLibrary } from '#programmes';
import {
  DisclosureStore,
  type MismatchBell,
  Audit,
  type AuditOptions,
  SigningKeyError,
  identityOf,
  nameLog,
  requireLogFile,
  requireOwnLog,
  ledgerStreams,
} from '#audit';
import { openAccess, type Access } from './access/access.js';
import { DisclosureReader } from './disclosures/disclosures.js';
import { readThroughInThread } from './audit/read-through-thread.js';
import { ReplayThread } from './audit/replay-thread.js';
import { replayHere } from './audit/replayer.js';
import { Replays } from './audit/replays.js';
import { ConfigurationError } from './configuration/configuration-error.js';
import { type Configuration } from './configuration/configuration.js';
import { closeToOthers } from './file-modes.js';
import { FollowerThread } from './following/follower-thread.js';
import { GrowthBell } from './following/growth-bell.js';
import { followHere, type LogFollower } from './following/log-follower.js';
import { type LongReads } from './reading/long-reads.js';
import { ReadingDesk } from './reading/reading-desk.js';
import { ReadingThreads } from './reading/reading-threads.js';
import { StreamFindings } from './log/stream-findings.js';
import { LogOutage } from './observability/log-outage.js';
import { Metrics } from './observability/metrics.js';
import { Readiness } from './observability/readiness.js';

/** The opened parts of one ledger: its log, its read model, and who may use it. */
export interface Ledger {
  readonly store: EventStore;
  readonly views: Views;
  readonly projector: ReadModelProgress;
  readonly verdicts: VerdictProgress;
  readonly snapshots: AccountSnapshots;
  readonly clock: LedgerClock;
  readonly access: Access;
  readonly programmes: ProgrammeLibrary;
  readonly schemes: AttestationSchemes;
  readonly audit: Audit;
  readonly disclosures: DisclosureStore;
  readonly replays: Replays;
  readonly longReads: LongReads;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
  /** Changes by others to its streams. */
  readonly findings: StreamFindings;
  /** Whether its event store answers. */
  readonly outage: LogOutage;
  readonly log: Logger;
  /** Lets appends finish, then closes the log and the read model. */
  close(): Promise<void>;
}

/**
 * @param follow where the log is followed and replayed and long reads are answered: `here`, in the caller's thread, or
 * in a `thread` of its own for each, which delays no command and runs the build, not the sources.
 * @param trusted signed checkpoints kept elsewhere, whose events the log must all contain
 * @throws EventStoreError, ViewsError, DataFileError, AlteredLogError, OtherLogError when the data cannot be opened; what had been opened is closed again
 */
export async function openLedger(
  configuration: Configuration,
  log: Logger,
  follow: 'here' | 'thread' = 'here',
  trusted: readonly string[] = [],
): Promise<Ledger> {
  const { dataFolder } = configuration;
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  closeToOthers(dataFolder, (path, mode) =>
    log.warn({ path, mode }, 'others could read this; it is closed to them now'),
  );
  requireLogFile(configuration);
  const programmes = ProgrammeLibrary.load(PROGRAMMES_FOLDER);
  const schemes = schemesOf(configuration);
  const metrics = new Metrics();
  const bell = new GrowthBell(metrics);
  const outage = new LogOutage(
    () => store,
    (level, message, about) => log[level](about, message),
  );
  const { say } = outage;
  const findings = new StreamFindings(say);
  const found = (finding: StreamFinding): void => findings.note(finding);
  const streams = ledgerStreams(configuration, found);
  const store: EventStore = await openEventStore(configuration.eventStoreUrl, { dataFolder, observe: bell, streams });
  const closing: (() => Promise<void>)[] = [() => store.close(), async () => outage.close()];
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).reverse()) await step();
  };
  try {
    await requireOwnLog(store, dataFolder);
    const clock = new LedgerClock();
    await continueClock(store, clock);
    closing.push(() => findings.close());
    await findings.watch(store);
    const views = await openViews(configuration.viewsUrl, { dataFolder, records: store.records, say });
    closing.push(() => views.close());
    const follower: LogFollower =
      follow === 'here'
        ? await followHere({
            store,
            views,
            programmes,
            clock,
            mayStartAnew: () => requireOwnLog(store, dataFolder),
            say,
          })
        : await FollowerThread.start({ order: configuration, store, views, bell, clock, say });
    closing.push(() => follower.stop());
    const { projector, verdicts } = follower;
    const snapshots = new AccountSnapshots(views, follower.snapshots);
    const mismatched: MismatchBell = (value) =>
      say(
        'error',
        'a withheld value does not match its record’s commitment and is shown to nobody: run "lodebook fsck"',
        value,
      );
    const disclosures = DisclosureStore.open(dataFolder, mismatched);
    closing.push(() => Promise.resolve(disclosures.close()));
    await settleDisclosures(disclosures, store, projector, new LedgerQueries(views));
    const { signingKey } = configuration;
    // On EventStoreDB it is read in this thread, which at the same time finds changes by others to its streams.
    const readsThrough =
      follow === 'thread' && store.engine === 'sqlite' ? readThroughInThread(configuration) : undefined;
    const audit = await openAudit({ store, clock, dataFolder, signingKey, log, say, trusted, readsThrough });
    closing.push(() => audit.close());
    const { accessLog } = audit;
    const access = await openAccess({ store, accessLog, configuration, clock, say, found });
    closing.push(() => access.close());
    nameLog(dataFolder, { log: (await identityOf(store))!, engine: store.engine });
    const replayer =
      follow === 'here' ? replayHere(store, audit, programmes, dataFolder) : new ReplayThread(configuration);
    const events = new LedgerQueries(views);
    const replays = new Replays(replayer, programmes, clock, {
      size: () => projector.logSize,
      began: () => events.recordedAt(EVERYTHING, 0),
      hadBegun: async (time) => (await events.logIndexAt(EVERYTHING, time)) !== undefined,
    });
    // All at the same time: each may take a moment to finish what it is doing.
    closing.push(async () => void (await Promise.all([replays.close(), follower.stop()])));
    const longReads: LongReads =
      follow === 'here'
        ? new ReadingDesk({
            views,
            tree: audit.tree,
            disclosures: new DisclosureReader(disclosures, clock),
            programmes,
            clock,
          })
        : new ReadingThreads({ order: configuration, clock, say, mismatched });
    closing.push(() => longReads.close());
    const treeSize = (): bigint => audit.tree.size;
    const readiness = await Readiness.watch({ store, projector, verdicts, treeSize, log });
    closing.push(() => readiness.stop());
    metrics.watch('lodebook_stream_findings', "What others did to the ledger's streams", async () => findings.total);
    metrics.watch('lodebook_projector_events_behind', 'Events the read model has not seen yet', () =>
      projector.eventsBehind(),
    );
    return {
      store,
      views,
      projector,
      verdicts,
      snapshots,
      clock,
      access,
      programmes,
      schemes,
      audit,
      disclosures,
      replays,
      longReads,
      metrics,
      readiness,
      findings,
      outage,
      log,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @throws ConfigurationError that names the variable of the administrator's folder, and the file */
function schemesOf({ schemesFolder }: Configuration): AttestationSchemes {
  try {
    return loadSchemes(schemesFolder);
  } catch (error) {
    if (error instanceof DataFileError && schemesFolder !== undefined) {
      throw new ConfigurationError('LODEBOOK_SCHEMES', error.message);
    }
    throw error;
  }
}

/** @throws ConfigurationError that names the variable of the signing key */
async function openAudit(options: AuditOptions): Promise<Audit> {
  try {
    return await Audit.open(options);
  } catch (error) {
    if (error instanceof SigningKeyError) throw new ConfigurationError('LODEBOOK_SIGNING_KEY', error.message);
    throw error;
  }
}

/** How long a start waits for the read model before it settles what a crash left of withheld values, milliseconds. */
const SETTLING_MS = 10_000;

/** If the read model needs longer, the next start does it. */
async function settleDisclosures(
  disclosures: DisclosureStore,
  store: EventStore,
  projector: ReadModelProgress,
  ledger: LedgerQueries,
): Promise<void> {
  const head = await store.head();
  if (disclosures.isEmpty || head === undefined || !(await projector.waitFor(head, SETTLING_MS))) return;
  await disclosures.settle({
    async recorded(eventId) {
      const event = await ledger.eventById({ sees: 'everything' }, eventId);
      return event && new Set([...withheldIn(event.data).values()].map(({ commitment }) => commitment));
    },
    async erased(eventId) {
      for await (const _ of store.readStream(erasureStream(eventId), { limit: 1 })) return true;
      return false;
    },
  });
}

/** `recordedAt` never goes back, even after a restart or when the clock was set back. */
async function continueClock(store: EventStore, clock: LedgerClock): Promise<void> {
  const recordedAt = (await store.last())?.metadata['recordedAt'];
  if (typeof recordedAt === 'string') clock.notBefore(recordedAt);
}
