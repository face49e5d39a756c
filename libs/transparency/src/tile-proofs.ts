import { type NodeId, type NodeReader } from './append-only-tree.js';
import { nodeHash } from './merkle.js';
import {
  consistencyNodes,
  consistencyProof,
  inclusionNodes,
  inclusionProof,
  rootAt,
  rootNodes,
} from './merkle-proofs.js';
import { decodeTile, placeOfNode, tilePath, tileWidth, type TileId } from './tiles.js';
import { VerificationError } from './verification-error.js';

/**
 * Where tiles come from: a folder, a server. Undefined: not there. Tiles are untrusted; a proof made from false ones fails
 * its verification against the checkpoint's root.
 */
export type TileSource = (tile: TileId) => Uint8Array | undefined | Promise<Uint8Array | undefined>;

/**
 * As `inclusionProof`, from static tiles alone. `size` must be that of a verified checkpoint.
 * @throws VerificationError `size-out-of-range`, `index-out-of-range`, `node-missing`, `tile-malformed`.
 */
export async function inclusionProofFromTiles(index: bigint, size: bigint, tiles: TileSource): Promise<Uint8Array[]> {
  return inclusionProof(index, size, await nodesFromTiles(inclusionNodes(index, size), size, tiles));
}

/** As `consistencyProof`, from static tiles of the larger tree. @throws as {@link inclusionProofFromTiles}. */
export async function consistencyProofFromTiles(
  size1: bigint,
  size2: bigint,
  tiles: TileSource,
): Promise<Uint8Array[]> {
  return consistencyProof(size1, size2, await nodesFromTiles(consistencyNodes(size1, size2), size2, tiles));
}

/** Root of the tree that static tiles describe, to compare with a checkpoint's. @throws as above. */
export async function rootFromTiles(size: bigint, tiles: TileSource): Promise<Uint8Array> {
  return rootAt(size, await nodesFromTiles(rootNodes(size), size, tiles));
}

/** Fetches each tile that the nodes lie in once, and computes the nodes. */
async function nodesFromTiles(wanted: readonly NodeId[], size: bigint, tiles: TileSource): Promise<NodeReader> {
  const fetched = new Map<string, Uint8Array[]>();
  const nodes = new Map<string, Uint8Array>();
  for (const node of wanted) {
    const place = placeOfNode(node.level, node.index);
    const tile = { level: place.level, index: place.index, width: tileWidth(place.level, place.index, size) };
    const path = tilePath(tile);
    let hashes = fetched.get(path);
    if (hashes === undefined) {
      const bytes = await tiles(tile);
      if (bytes === undefined) throw new VerificationError('node-missing', `there is no ${path}`);
      hashes = decodeTile(bytes, tile.width);
      fetched.set(path, hashes);
    }
    nodes.set(`${node.level}/${node.index}`, fold(hashes.slice(place.offset, place.offset + place.count)));
  }
  return { get: (level, index) => nodes.get(`${level}/${index}`) };
}

/** Root over 2^k hashes. */
function fold(hashes: readonly Uint8Array[]): Uint8Array {
  let row = hashes;
  while (row.length > 1) {
    row = Array.from({ length: row.length / 2 }, (_, i) => nodeHash(row[2 * i]!, row[2 * i + 1]!));
  }
  return row[0]!;
}
