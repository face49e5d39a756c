import { type EventMetadata } from '#custody';
import { type EventStore, type StoredEvent } from '#event-store';
import { EVIDENCE_CATEGORIES } from '#read-model';
import { type Checkpoint, type KeyRing } from '#transparency';
import { readKeyRing, signedCheckpoints } from '../checkpoints/checkpoint-events.js';
import { withKept } from '../checkpoints/kept-checkpoint.js';
import { gathered, ReplayPage, type ReplayedRecord } from './replay-page.js';

/** The leaves of a log as the tree's file in a data folder has them. */
export interface StoredTree {
  readonly dataFolder: string;
  /** Leaves in it that count. */
  readonly size: bigint;
}

/** A log that can be read from its beginning more than once, with the same content each time. */
export interface ReplaySource {
  /** The name of the log, which signatures are bound to; undefined: not known. */
  readonly origin: string | undefined;
  /** The evidence, in log order. */
  records(): AsyncIterable<ReplayedRecord>;
  /** The same by pages, each in one buffer, where that costs less. */
  readonly pages?: (() => AsyncIterable<ReplayPage>) | undefined;
  /** Its signed checkpoints, in ascending order of size. */
  checkpoints(): AsyncIterable<Pick<Checkpoint, 'size' | 'root'>>;
  /** The leaf at an index in the stored tree: locates the altered event when a root is wrong. */
  readonly storedLeaf?: ((index: bigint) => Uint8Array | undefined) | undefined;
  /** Where another thread finds those leaves; without it, whoever has `storedLeaf` looks them up. */
  readonly storedTree?: StoredTree | undefined;
  /** About how many events there are, where that is known. */
  readonly aboutEvents?: number;
}

/**
 * The log of a store as it is now: what is appended while it is read does not count.
 * @param ring keys of the log; undefined: nothing was ever signed
 * @param stored its leaves in the stored tree
 * @param kept the last checkpoint, as it is kept beside the log: read before `ring` was
 */
export async function storeSource(
  store: EventStore,
  ring: KeyRing | undefined,
  kept: string | undefined,
  stored: Pick<ReplaySource, 'storedLeaf' | 'storedTree'> = {},
): Promise<ReplaySource> {
  const head = (await store.head()) ?? -1n;
  const { origin } = ring ?? (await readKeyRing(store)) ?? {};
  return {
    origin,
    records: () => recordsUpTo(store, head),
    checkpoints: () => {
      if (ring === undefined) return nothingSigned();
      const signed = signedCheckpoints(store, ring, head);
      return withKept(signed, kept, ring);
    },
    ...(store.readRecords && { pages: () => pagesUpTo(store, head) }),
    aboutEvents: Number(head) + 1,
    ...stored,
  };
}

async function* pagesUpTo(store: EventStore, head: bigint): AsyncGenerator<ReplayPage> {
  let first = 0;
  for await (const { bytes, ends, through } of store.readRecords!({ categories: EVIDENCE_CATEGORIES, through: head })) {
    yield new ReplayPage(first, bytes, ends, Number(through) / Number(head) || 1);
    first += ends.length;
  }
}

async function* recordsUpTo(store: EventStore, head: bigint): AsyncGenerator<ReplayedRecord> {
  for await (const event of store.readAll({ categories: EVIDENCE_CATEGORIES })) {
    if (event.position > head) return;
    yield { record: event.record, event: graphEventOf(event), share: Number(event.position) / Number(head) || 1 };
  }
}

/** A source's records in log order, by pages. */
export function pagesOf(source: ReplaySource): AsyncIterable<ReplayPage> {
  return source.pages?.() ?? gathered(source.records());
}

export async function* nothingSigned(): AsyncGenerator<never> {
  // A log that was never signed has no checkpoints.
}

function graphEventOf({ id, stream, revision, type, data, metadata }: StoredEvent): ReplayedRecord['event'] {
  return { id, stream, revision, type, data, metadata: metadata as unknown as EventMetadata };
}
