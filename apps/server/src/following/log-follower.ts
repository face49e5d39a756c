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

/** What follows the log and keeps what is derived from it: read tables, verdicts, snapshots of accounts. */
export interface LogFollower {
  readonly projector: ReadModelProgress;
  readonly verdicts: VerdictProgress;
  readonly snapshots: Pick<SnapshotKeeper, 'keep'>;
  /** Ends after the transaction under way. */
  stop(): Promise<void>;
}

interface FollowerParts {
  readonly store: EventStore;
  readonly views: Views;
  readonly programmes: ProgrammeLibrary;
  readonly clock: LedgerClock;
  /** Before tables that are not of this log are made anew: throws when the log is not that of the data folder. */
  readonly mayStartAnew: () => Promise<void>;
  /** Tells the operator. Must not throw. */
  readonly say: Say;
  /** Told whenever the follower has come further. Must not throw. */
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
      await verdicts.stop();
      await projector.stop();
      subscription.unsubscribe();
    },
  };
}
