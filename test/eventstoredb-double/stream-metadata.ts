import { type RecordedEvent } from './recorded-event.js';

/** `EventNumber.DeletedStream`: the revision of a tombstone, and the `$tb` of a stream that was deleted softly. */
export const DELETED_REVISION = 2n ** 63n - 1n;

/** Roles or users that may do something; the server also accepts a single one as a string. */
export type Allowed = string | readonly string[];

/** Read, write, delete the stream; read and write its metadata. */
export interface StreamAcl {
  readonly $r?: Allowed;
  readonly $w?: Allowed;
  readonly $d?: Allowed;
  readonly $mr?: Allowed;
  readonly $mw?: Allowed;
}

/** What a stream's metadata can say, by the names that the server uses. */
export interface StreamMetadata {
  /** First revision that is still read. */
  readonly $tb?: number | bigint;
  readonly $maxCount?: number;
  /** Seconds. */
  readonly $maxAge?: number;
  readonly $cacheControl?: number;
  readonly $acl?: StreamAcl;
}

/** The part of a stream that its metadata leave visible to readers. `$all` is not affected until a scavenge. */
export interface StreamBounds {
  readonly softlyDeleted: boolean;
  readonly firstRevision: bigint;
  /** Milliseconds since 1970: older events are skipped. */
  readonly oldestMs: number;
}

export const UNBOUNDED: StreamBounds = { softlyDeleted: false, firstRevision: 0n, oldestMs: -Infinity };

export const metadataStreamOf = (stream: string): string => `$$${stream}`;

export const isMetadataStream = (stream: string): boolean => stream.startsWith('$$');

/** The metadata as stored JSON, with every digit of `$tb`. */
export function metadataText(metadata: StreamMetadata): string {
  const entries = Object.entries(metadata).map(
    ([key, value]) => `${JSON.stringify(key)}:${typeof value === 'bigint' ? String(value) : JSON.stringify(value)}`,
  );
  return `{${entries.join(',')}}`;
}

/** @returns no metadata when the event's data are not a JSON object, as the server does */
export function parsedMetadata(event: RecordedEvent | undefined): StreamMetadata {
  if (event === undefined) return {};
  const text = Buffer.from(event.data).toString('utf8');
  try {
    const parsed = JSON.parse(text) as StreamMetadata | null;
    if (typeof parsed !== 'object' || parsed === null) return {};
    // A JavaScript number cannot represent the largest revision exactly.
    const exact = /"\$tb"\s*:\s*(\d+)/.exec(text)?.[1];
    return exact === undefined ? parsed : { ...parsed, $tb: BigInt(exact) };
  } catch {
    return {};
  }
}

export function boundsOf({ $tb = 0n, $maxCount, $maxAge }: StreamMetadata, lastRevision: bigint): StreamBounds {
  const truncateBefore = BigInt($tb);
  const firstKept = $maxCount === undefined ? 0n : lastRevision - BigInt($maxCount) + 1n;
  return {
    softlyDeleted: truncateBefore >= DELETED_REVISION,
    firstRevision: truncateBefore > firstKept ? truncateBefore : firstKept,
    oldestMs: $maxAge === undefined ? -Infinity : Date.now() - $maxAge * 1_000,
  };
}
