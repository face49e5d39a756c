import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  AppendOnlyTree,
  consistencyProof,
  consistencyProofFromTiles,
  decodeEntryBundle,
  decodeTile,
  encodeEntryBundle,
  encodeTile,
  inclusionProof,
  inclusionProofFromTiles,
  leafHash,
  MAX_ENTRY_BYTES,
  parseTilePath,
  rootFromTiles,
  tilePath,
  tileWidth,
  verifyInclusion,
  type TileId,
  type TileSource,
} from './index.js';
import { codeOf, codeOfAsync } from './testing/codes.js';
import { MemoryNodes } from './testing/memory-nodes.js';
import { fuzzRuns, runs } from '../../../test/properties/runs.js';

const SIZE = 70_000n;
const entryOf = (index: bigint): Uint8Array => Buffer.from(`entry ${index}`);
const nodes = new MemoryNodes();
const tree = AppendOnlyTree.empty();
while (tree.size < SIZE) tree.append(leafHash(entryOf(tree.size)), nodes);

/** What a server hands out: rows of stored nodes. */
function tileOf({ level, index, width }: TileId): Uint8Array {
  const row = Number(level) * 8;
  return encodeTile(Array.from({ length: width }, (_, i) => nodes.get(row, index * 256n + BigInt(i))!));
}

describe('tiles', () => {
  it.each<[TileId, string]>([
    [{ level: 0, index: 0n, width: 256 }, 'tile/0/000'],
    [{ level: 1, index: 1_234_067n, width: 256 }, 'tile/1/x001/x234/067'],
    [{ level: 0, index: 273n, width: 112 }, 'tile/0/273.p/112'],
    [{ level: 'entries', index: 1_000n, width: 1 }, 'tile/entries/x001/000.p/1'],
    [{ level: 63, index: 999n, width: 255 }, 'tile/63/999.p/255'],
  ])('%j lies at %s', (tile, path) => {
    expect(tilePath(tile)).toBe(path);
    expect(parseTilePath(path)).toEqual(tile);
  });

  it.each([
    ['tile/0/0', 'tile/00/000', 'tile/64/000', 'tile/0/x000/001', 'tile/0/000.p/0', 'tile/0/000.p/256', 'tile/0/1000'],
    ['tile/0/x001', 'tile/-1/000', 'tile/0/000/', '/tile/0/000', 'tile/0/001/002', 'tile/0/000.p/01', 'tile/0/٠٠٠'],
    ['', `tile/0/${'x001/'.repeat(100_000)}001`, 'tile/data/000', 'tile/0/000\n'],
  ])('other spellings are refused: %s …', (...paths) => {
    for (const path of paths) expect(codeOf(() => parseTilePath(path))).toBe('tile-malformed');
  });

  it('are as wide as the specification says of 70,000 leaves', () => {
    expect([272n, 273n, 274n].map((index) => tileWidth(0, index, SIZE))).toEqual([256, 112, 0]);
    expect([0n, 1n, 2n].map((index) => tileWidth(1, index, SIZE))).toEqual([256, 17, 0]);
    expect([0n, 1n].map((index) => tileWidth(2, index, SIZE))).toEqual([1, 0]);
    expect([tileWidth(0, 0n, 256n), tileWidth(1, 0n, 256n)]).toEqual([256, 1]);
  });

  it('give the proofs that the stored nodes give, at any size, each fetched once', async () => {
    const anySize = fc.bigInt({ min: 1n, max: SIZE });
    await fc.assert(
      fc.asyncProperty(anySize, anySize, async (a, b) => {
        const [small, size] = a < b ? [a, b] : [b, a];
        const asked: string[] = [];
        const source: TileSource = (tile) => {
          expect(tile.width).toBe(tileWidth(tile.level, tile.index, size));
          asked.push(tilePath(tile));
          return tileOf(tile);
        };
        expect(await inclusionProofFromTiles(small - 1n, size, source)).toEqual(
          inclusionProof(small - 1n, size, nodes),
        );
        expect(new Set(asked).size).toBe(asked.length);
        asked.length = 0;
        expect(await consistencyProofFromTiles(small, size, source)).toEqual(consistencyProof(small, size, nodes));
        expect(new Set(asked).size).toBe(asked.length);
      }),
      runs(100),
    );
    expect(await rootFromTiles(SIZE, tileOf)).toEqual(tree.root());
  });

  it('false or missing ones end in a code, or in a proof that proves nothing', async () => {
    expect(await codeOfAsync(() => inclusionProofFromTiles(5n, SIZE, () => undefined))).toBe('node-missing');
    await fc.assert(
      fc.asyncProperty(
        fc.bigInt({ min: 0n, max: SIZE - 1n }),
        fc.nat(),
        fc.nat({ max: 2 }),
        async (index, at, kind) => {
          const source: TileSource = (tile) => {
            const bytes = tileOf(tile);
            if (kind === 0) return bytes.subarray(0, at % bytes.length);
            if (kind === 1) return Uint8Array.of(...bytes, 0);
            bytes.fill(at & 0xff);
            return bytes;
          };
          const code = await codeOfAsync(async () => {
            const proof = await inclusionProofFromTiles(index, SIZE, source);
            verifyInclusion({
              leafHash: leafHash(entryOf(index)),
              leafIndex: index,
              treeSize: SIZE,
              proof,
              root: tree.root(),
            });
          });
          expect(code).toBe(kind === 2 ? 'root-mismatch' : 'tile-malformed');
        },
      ),
      fuzzRuns(3_000),
    );
  });

  it('refuses widths and lengths that no tile has', () => {
    expect(codeOf(() => encodeTile([]))).toBe('tile-malformed');
    expect(codeOf(() => encodeTile([new Uint8Array(31)]))).toBe('hash-malformed');
    expect(codeOf(() => decodeTile(new Uint8Array(64), 1))).toBe('tile-malformed');
    expect(codeOf(() => decodeTile(new Uint8Array(0), 0))).toBe('tile-malformed');
  });
});

describe('entry bundles', () => {
  it('give back what was put in', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 700 }), { minLength: 1, maxLength: 256 }), (entries) => {
        expect(decodeEntryBundle(encodeEntryBundle(entries), entries.length)).toEqual(entries);
      }),
      runs(100),
    );
    const longest = new Uint8Array(MAX_ENTRY_BYTES).fill(1);
    expect(decodeEntryBundle(encodeEntryBundle([longest]), 1)).toEqual([longest]);
    expect(codeOf(() => encodeEntryBundle([new Uint8Array(MAX_ENTRY_BYTES + 1)]))).toBe('entry-too-large');
  });

  it('of any bytes are read whole or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), fc.integer({ min: -1, max: 300 }), (bytes, width) => {
        let entries: Uint8Array[] = [];
        const code = codeOf(() => (entries = decodeEntryBundle(bytes, width)));
        if (code === undefined) expect(encodeEntryBundle(entries)).toEqual(bytes);
        else expect(code).toBe('tile-malformed');
      }),
      fuzzRuns(15_000),
    );
  });
});
