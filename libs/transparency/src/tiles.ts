import { HASH_BYTES } from './primitives.js';
import { VerificationError } from './verification-error.js';

/** Hashes in a full tile: a subtree of height 8. C2SP tlog-tiles, "Merkle Tree". */
export const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;
/** Tile levels that a tree of at most 2^63 − 1 leaves can have are 0 to 7; the path syntax allows 0 to 63. */
const MAX_TILE_LEVEL = 63;
/** An entry's length is a 16-bit number: longer records are served as NDJSON only. */
export const MAX_ENTRY_BYTES = 0xffff;

/** One resource of a tiled log: hashes of a tile level, or the entries under a tile of level 0. */
export interface TileId {
  readonly level: number | 'entries';
  readonly index: bigint;
  /** Hashes or entries in it, 1 to 256. Below 256 it is partial. */
  readonly width: number;
}

/** `tile/<L>/<N>[.p/<W>]`, relative to the log's prefix. C2SP tlog-tiles, "Merkle Tree". */
export function tilePath({ level, index, width }: TileId): string {
  const digits = index.toString();
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.{3}/g)!;
  const last = groups.length - 1;
  const path = groups.map((group, i) => (i < last ? `x${group}` : group)).join('/');
  return `tile/${level}/${path}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

const TILE_PATH = /^tile\/(0|[1-9][0-9]?|entries)\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/;
const MAX_PATH_CHARS = 64;

/** Reads a path in the one spelling that {@link tilePath} writes. @throws VerificationError `tile-malformed`. */
export function parseTilePath(path: string): TileId {
  const match = path.length > MAX_PATH_CHARS ? null : TILE_PATH.exec(path);
  if (match === null) throw new VerificationError('tile-malformed', 'not the path of a tile');
  const id: TileId = {
    level: match[1] === 'entries' ? 'entries' : Number(match[1]),
    index: BigInt(match[2]!.replace(/[x/]/g, '')),
    width: match[3] === undefined ? TILE_WIDTH : Number(match[3]),
  };
  const levelTooHigh = id.level !== 'entries' && id.level > MAX_TILE_LEVEL;
  if (levelTooHigh || tilePath(id) !== path) throw new VerificationError('tile-malformed', 'not the path of a tile');
  return id;
}

/**
 * How wide a tile is in the tree of `size` leaves: 256, less for the partial one at the right edge, 0 where there is none.
 * C2SP tlog-tiles, "Partial Tiles".
 */
export function tileWidth(level: number | 'entries', index: bigint, size: bigint): number {
  const hashes = size >> BigInt(TILE_HEIGHT * (level === 'entries' ? 0 : level));
  const rest = hashes - index * BigInt(TILE_WIDTH);
  return rest <= 0n ? 0 : rest >= BigInt(TILE_WIDTH) ? TILE_WIDTH : Number(rest);
}

/** The place of a complete subtree's node: `count` consecutive hashes of a tile, from `offset`, fold into it. */
interface NodePlace {
  readonly level: number;
  readonly index: bigint;
  readonly offset: number;
  readonly count: number;
}

export function placeOfNode(level: number, index: bigint): NodePlace {
  const inTile = level % TILE_HEIGHT;
  const start = index << BigInt(inTile);
  return {
    level: (level - inTile) / TILE_HEIGHT,
    index: start / BigInt(TILE_WIDTH),
    offset: Number(start % BigInt(TILE_WIDTH)),
    count: 1 << inTile,
  };
}

/** Joins the hashes of a tile. @throws VerificationError `tile-malformed`, `hash-malformed`. */
export function encodeTile(hashes: readonly Uint8Array[]): Uint8Array {
  requireTileWidth(hashes.length);
  const bytes = new Uint8Array(hashes.length * HASH_BYTES);
  hashes.forEach((hash, i) => {
    if (hash.length !== HASH_BYTES) throw new VerificationError('hash-malformed', 'a tile holds hashes of 32 bytes');
    bytes.set(hash, i * HASH_BYTES);
  });
  return bytes;
}

/** Splits a tile of exactly `width` hashes (views, not copies). @throws VerificationError `tile-malformed`. */
export function decodeTile(bytes: Uint8Array, width: number): Uint8Array[] {
  requireTileWidth(width);
  if (bytes.length !== width * HASH_BYTES) {
    throw new VerificationError('tile-malformed', `a tile of width ${width} has ${width * HASH_BYTES} bytes`);
  }
  return Array.from({ length: width }, (_, i) => bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES));
}

/**
 * Entries, each after its length as a big-endian uint16. C2SP tlog-tiles, "Log entries".
 * @throws VerificationError `tile-malformed`, `entry-too-large` (over {@link MAX_ENTRY_BYTES}).
 */
export function encodeEntryBundle(entries: readonly Uint8Array[]): Uint8Array {
  requireTileWidth(entries.length);
  const bytes = new Uint8Array(entries.reduce((total, entry) => total + 2 + entry.length, 0));
  let offset = 0;
  for (const entry of entries) {
    if (entry.length > MAX_ENTRY_BYTES) {
      throw new VerificationError('entry-too-large', `an entry bundle takes entries of ${MAX_ENTRY_BYTES} bytes`);
    }
    bytes[offset] = entry.length >> 8;
    bytes[offset + 1] = entry.length & 0xff;
    bytes.set(entry, offset + 2);
    offset += 2 + entry.length;
  }
  return bytes;
}

/** Splits a bundle of exactly `width` entries (views, not copies). @throws VerificationError `tile-malformed`. */
export function decodeEntryBundle(bytes: Uint8Array, width: number): Uint8Array[] {
  requireTileWidth(width);
  const entries: Uint8Array[] = [];
  let offset = 0;
  while (entries.length < width) {
    const high = bytes[offset];
    const low = bytes[offset + 1];
    const end = offset + 2 + ((high ?? 0) << 8) + (low ?? 0);
    if (high === undefined || low === undefined || end > bytes.length) {
      throw new VerificationError('tile-malformed', `entry ${entries.length} of the bundle is cut short`);
    }
    entries.push(bytes.subarray(offset + 2, end));
    offset = end;
  }
  if (offset !== bytes.length) throw new VerificationError('tile-malformed', 'bytes follow the last entry');
  return entries;
}

function requireTileWidth(width: number): void {
  if (!Number.isInteger(width) || width < 1 || width > TILE_WIDTH) {
    throw new VerificationError('tile-malformed', `a tile holds 1 to ${TILE_WIDTH} hashes or entries`);
  }
}
