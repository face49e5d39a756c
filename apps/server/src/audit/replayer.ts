import { type EventStore } from '#event-store';
import { type ProgrammeLibrary } from '#programmes';
import {
  type Audit,
  AlteredLogError,
  readKeptCheckpoint,
  replay,
  type ReplayPhase,
  type ReplayReport,
  type ReplayRequest,
  storeSource,
  ReplayError,
} from '#audit';
import { type ReplayOrder, type ReplayProblem } from '../answers/audit-answers.js';

export type ReplayOutcome = { readonly report: ReplayReport } | { readonly problem: ReplayProblem };

/** A replay that has begun. */
export interface ReplayRun {
  readonly order: ReplayOrder;
  /** RFC 3339 UTC with milliseconds: later moments are in the future. */
  readonly now: string;
  /** Called with the phase and the share of it that is done, 0 to 1. */
  readonly progress: (phase: ReplayPhase, share: number) => void;
  readonly signal: AbortSignal;
}

/** Replays a ledger's log as it is when the replay begins. */
export interface Replayer {
  /** Never rejects: what went wrong is the outcome. */
  run(run: ReplayRun): Promise<ReplayOutcome>;
}

/** Replays in the caller's thread, alternating with its other work. */
export function replayHere(store: EventStore, audit: Audit, library: ProgrammeLibrary, dataFolder: string): Replayer {
  return {
    run: ({ order, ...run }) =>
      outcomeOf(async () => {
        const stored = { storedLeaf: (index: bigint) => audit.tree.leaf(index) };
        const source = await storeSource(store, audit.journal.ring, readKeptCheckpoint(dataFolder), stored);
        const request: ReplayRequest = { ...order, ...run, library };
        return replay(source, request);
      }),
  };
}

/** The report of a replay, or, as the HTTP contract words it, the reason why there is none. */
export async function outcomeOf(replayed: () => Promise<ReplayReport>): Promise<ReplayOutcome> {
  try {
    return { report: await replayed() };
  } catch (error) {
    const code =
      error instanceof ReplayError ? error.code : error instanceof AlteredLogError ? 'log-altered' : 'failed';
    return { problem: { code, detail: error instanceof Error ? error.message : String(error) } };
  }
}
