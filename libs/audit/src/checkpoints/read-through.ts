import { type EventStore, type StoredEvent } from '#event-store';
import { EVIDENCE_CATEGORIES } from '#read-model';
import { equalBytes, TILE_WIDTH, type KeyRing, type VerifiedCheckpoint } from '#transparency';
import { AlteredLogError } from '../log/altered-log-error.js';
import { LogVerifier } from '../log/log-verifier.js';
import { type LogTree } from '../tree/log-tree.js';
import { type TreeFile } from '../tree/tree-file.js';
import { signedCheckpoints } from './checkpoint-events.js';
import { readKeptCheckpoint, withKept } from './kept-checkpoint.js';
import { merged, trustedCheckpoints } from './trusted-checkpoints.js';

/** A read of the whole log, comparing it with what was signed. */
export interface Reading {
  /** Signed notes from elsewhere. */
  readonly trusted: readonly string[];
  /** A server may withdraw unsigned events; a file does not. */
  readonly mayBeTakenBack: boolean;
}

/**
 * Reads the log through elsewhere.
 * @param signal aborts when the result is no longer needed
 * @returns whether the stored nodes are those of the log
 * @throws AlteredLogError
 */
export type ReadsThrough = (reading: Reading, signal: AbortSignal) => Promise<boolean>;

interface ReadThroughOptions extends Reading {
  readonly store: EventStore;
  readonly dataFolder: string;
  readonly file: Pick<TreeFile, 'state' | 'leavesInOrder'>;
  readonly tree: Pick<LogTree, 'size' | 'rootAt'>;
  readonly ring: KeyRing;
  readonly isClosing: () => boolean;
  /** Receives the events, some at a time. */
  readonly taken?: ((events: readonly StoredEvent[]) => void) | undefined;
}

/**
 * Compares every record of the log with every checkpoint.
 * @returns whether the stored nodes are those of the log
 * @throws AlteredLogError
 */
export async function readThrough(options: ReadThroughOptions): Promise<boolean> {
  const { store, dataFolder, file, tree, ring, mayBeTakenBack, isClosing, taken } = options;
  const stored = file.state()?.size ?? 0n;
  const kept = readKeptCheckpoint(dataFolder);
  const head = (await store.head()) ?? -1n;
  const trusted = trustedCheckpoints(options.trusted, ring);
  const checkpoints = merged<VerifiedCheckpoint>(withKept(signedCheckpoints(store, ring, head), kept, ring), trusted);
  const verifier = new LogVerifier(checkpoints, file.leavesInOrder(stored));
  await verifier.begin();
  const batch: StoredEvent[] = [];
  for await (const event of store.readAll({ categories: EVIDENCE_CATEGORIES })) {
    if (event.position > head || isClosing()) break;
    verifier.take(event.record);
    if (verifier.due) await verifier.settle();
    if (taken && batch.push(event) === TILE_WIDTH) taken(batch.splice(0));
  }
  taken?.(batch);
  if (isClosing()) return true;
  verifier.finish();
  if (verifier.firstDoubt !== undefined && !mayBeTakenBack) {
    throw new AlteredLogError(`event ${verifier.firstDoubt} is not the one it was.`, verifier.firstDoubt);
  }
  const { size, root, firstDoubt, storedWrong } = verifier;
  const holds = firstDoubt === undefined && storedWrong === undefined && size <= tree.size;
  return holds && equalBytes(tree.rootAt(size), root);
}
