import { type Basis } from '#claims';
import { type VerdictRow } from '../views/schema.js';
import { type Task } from './agenda.js';
import { type SummaryChanges } from './summary-tables.js';

export interface WaveRequest {
  readonly basis: Basis;
  /** RFC 3339 UTC with milliseconds. */
  readonly now: string;
  /** Evidence events that are in the tables for certain. */
  readonly logSize: number;
  /** Batches that are used at least as often are looked at in parts; default: {@link FEW_FLOWS}. */
  readonly fewFlows?: number | undefined;
  /** Whether to end with the batch under way. */
  readonly isOver: () => boolean;
}

export interface WaveResult extends SummaryChanges {
  /** Those whose verdicts are replaced by `rows`, also those that have none. */
  readonly judged: readonly string[];
  readonly rows: readonly VerdictRow[];
  /** Of these only a walk through the whole chain tells. */
  readonly unsummarised: readonly Task[];
  /** Those of them on whose downstream the change must be passed, whatever their summaries say. */
  readonly spreading: readonly Task[];
  /** Marks that have been dealt with. */
  readonly done: readonly Task[];
  /** Found on the way, and not dealt with. */
  readonly left: readonly Task[];
}
