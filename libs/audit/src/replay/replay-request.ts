import { type ClaimsVerdict } from '#claims';
import { type ProgrammeLibrary } from '#programmes';
import { ReplayError } from './until.js';

export interface ReplayRequest {
  /** The last log index that counts, or a recorded time; undefined: the whole log. */
  readonly until?: string | undefined;
  /** `id` or `id@version`; undefined: the newest version of each by the moment replayed to. */
  readonly programme?: string | undefined;
  readonly library: ProgrammeLibrary;
  /** RFC 3339 UTC with milliseconds: a moment after it has not come yet. */
  readonly now: string;
  /** Told what is done, and how much of it, 0 to 1. */
  readonly progress?: (phase: ReplayPhase, share: number) => void;
  /** Told each verdict, batch by batch, in the order in which they are judged. */
  readonly verdict?: (verdict: ClaimsVerdict) => void;
  readonly signal?: AbortSignal;
  /**
   * Judge with a second thread beside the caller's, where the log can be read there too and nobody is told each verdict. It
   * reads and folds as well, so that it takes as much memory again.
   */
  readonly isHelped?: boolean;
}

export type ReplayPhase = 'reading' | 'folding' | 'judging';

/** Tells how far a replay is. @throws ReplayError `aborted` */
export function report({ progress, signal }: ReplayRequest, phase: ReplayPhase, share: number): void {
  if (signal?.aborted) throw ReplayError.aborted();
  progress?.(phase, share);
}
