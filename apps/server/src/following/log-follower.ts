import { type EventStore } from '#event-store';
import { type Say } from '#following';
import {
  Projector,
  SnapshotKeeper,
  VerdictProjector,
  type ReadModelProgress,
  type VerdictProgress,
  type Views,
} from '#read-model';
import { type LedgerClock } from '#recording';
import { type ProgrammeLibrary } from '#programmes';

/** Follows the log and maintains what is derived from it: read tables, verdicts, snapshots of accounts. */
export interface LogFollower {
  readonly projector: ReadModelProgress;
  readonly verdicts: VerdictProgress;
  readonly snapshots: Pick<SnapshotKeeper, 'keep'>;
  /** Ends after the current transaction. */
  stop(): Promise<void>;
}

interface FollowerParts {
  readonly store: EventStore;
  readonly views: Views;
  readonly programmes: ProgrammeLibrary;
  readonly clock: LedgerClock;
  /** Called before tables that do not belong to this log are rebuilt: throws when the log is not the data folder's. */
  readonly mayStartAnew: () => Promise<void>;
  /** Tells the operator. Must not throw. */
  readonly say: Say;
  /** Called whenever the follower has advanced. Must not throw. */
  readonly moved?: () => void;
}

/** Follows the log in the thread of the caller. @throws what reading the log and the views throws */
export async function followHere({
  store,
  views,
  programmes,
  clock,
  mayStartAnew,
  say,
  moved = () => undefined,
}: FollowerParts): Promise<LogFollower> {
  const projector = new Projector({
    store,
    views,
    mayStartAnew,
    say,
    onError: (err, attempt) => {
      say('error', 'the projector failed and tries again', { err, attempt });
      moved();
    },
  });
  const subscription = projector.progress.subscribe(moved);
  await projector.start();
  const verdicts = new VerdictProjector({
    views,
    projector,
    programmes: programmes.programmes,
    now: () => clock.now(),
    say,
    onError: (err, attempt) => say('error', 'judging failed and tries again', { err, attempt }),
    progressed: moved,
  });
  verdicts.start();
  moved();
  return {
    projector,
    verdicts,
    snapshots: new SnapshotKeeper(views),
    stop: async () => {
      // At the same time: judging may wait for the tables, which may wait for their indexes until they are told to stop.
      await Promise.all([verdicts.stop(), projector.stop()]);
      subscription.unsubscribe();
    },
  };
}
