import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  AppendOnlyTree,
  consistencyProof,
  EMPTY_ROOT,
  inclusionProof,
  leafHash,
  nodeHash,
  rootAt,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from './index.js';
import { codeOf } from './testing/codes.js';
import { MemoryNodes } from './testing/memory-nodes.js';
import { auditPath, consistencyPath, treeHash } from './testing/recursive-tree.js';
import { fuzzRuns, LONG, runs } from '../../../test/properties/runs.js';

const entriesOf = (size: number): Uint8Array[] => Array.from({ length: size }, (_, i) => Buffer.from(`entry ${i}`));

const hex = (hashes: readonly Uint8Array[]): string => Buffer.concat(hashes).toString('hex');

/** A tree grown one by one, its nodes, and its root after each size. */
function grow(entries: readonly Uint8Array[]): { tree: AppendOnlyTree; nodes: MemoryNodes; roots: Uint8Array[] } {
  const tree = AppendOnlyTree.empty();
  const nodes = new MemoryNodes();
  const roots = [tree.root()];
  for (const entry of entries) {
    tree.append(leafHash(entry), nodes);
    roots.push(tree.root());
  }
  return { tree, nodes, roots };
}

// Every pair of sizes against a reference that is quadratic and worse: small, but past several powers of two.
const LARGEST = LONG ? 130 : 33;
const all = entriesOf(LARGEST);
const grown = grow(all);

describe('the tree', () => {
  it('has the root of RFC 6962 at every size, grown, summed up or read from nodes', () => {
    expect(EMPTY_ROOT).toEqual(treeHash([]));
    for (let size = 0; size <= LARGEST; size++) {
      const expected = treeHash(all.slice(0, size));
      expect(grown.roots[size]).toEqual(expected);
      expect(rootOf(all.slice(0, size).map(leafHash))).toEqual(expected);
      expect(rootAt(BigInt(size), grown.nodes)).toEqual(expected);
    }
  });

  it('hashes entries longer than its scratch space', () => {
    for (const length of [0, 65_535, 65_536, 200_000]) {
      const entry = new Uint8Array(length).fill(7);
      expect(leafHash(entry)).toEqual(treeHash([entry]));
    }
  });

  it('is taken up where it was left', () => {
    for (let size = 0; size <= LARGEST; size++) {
      const tree = AppendOnlyTree.resume(BigInt(size), grown.nodes);
      expect(tree.size).toBe(BigInt(size));
      for (const entry of all.slice(size)) tree.append(leafHash(entry));
      expect(tree.root()).toEqual(grown.tree.root());
    }
    expect(codeOf(() => AppendOnlyTree.resume(BigInt(LARGEST + 2), grown.nodes))).toBe('node-missing');
  });

  it('proves every leaf in every tree, as RFC 6962 words it', () => {
    for (let size = 1; size <= LARGEST; size++) {
      for (let index = 0; index < size; index++) {
        const proof = inclusionProof(BigInt(index), BigInt(size), grown.nodes);
        expect(hex(proof)).toBe(hex(auditPath(index, all.slice(0, size))));
        verifyInclusion({
          leafHash: leafHash(all[index]!),
          leafIndex: BigInt(index),
          treeSize: BigInt(size),
          proof,
          root: grown.roots[size]!,
        });
      }
    }
  });

  it('proves every pair of sizes consistent, as RFC 6962 words it', () => {
    for (let size2 = 1; size2 <= LARGEST; size2++) {
      for (let size1 = 1; size1 <= size2; size1++) {
        const proof = consistencyProof(BigInt(size1), BigInt(size2), grown.nodes);
        expect(hex(proof)).toBe(hex(consistencyPath(size1, all.slice(0, size2))));
        verifyConsistency({
          size1: BigInt(size1),
          size2: BigInt(size2),
          root1: grown.roots[size1]!,
          root2: grown.roots[size2]!,
          proof,
        });
      }
    }
  });

  it('reads O(log n) nodes for a proof', () => {
    const { nodes } = grow(entriesOf(5_000));
    nodes.reads = 0;
    inclusionProof(4_321n, 5_000n, nodes);
    // 13 levels; the right edge of each is made of at most as many complete subtrees again.
    expect(nodes.reads).toBeLessThanOrEqual(26);
    nodes.reads = 0;
    consistencyProof(1_234n, 5_000n, nodes);
    expect(nodes.reads).toBeLessThanOrEqual(27);
  });

  it('refuses sizes and indexes that it cannot have', () => {
    expect(codeOf(() => inclusionProof(5n, 5n, grown.nodes))).toBe('index-out-of-range');
    expect(codeOf(() => inclusionProof(-1n, 5n, grown.nodes))).toBe('index-out-of-range');
    expect(codeOf(() => inclusionProof(0n, 0n, grown.nodes))).toBe('size-out-of-range');
    expect(codeOf(() => consistencyProof(0n, 5n, grown.nodes))).toBe('size-out-of-range');
    expect(codeOf(() => consistencyProof(6n, 5n, grown.nodes))).toBe('size-out-of-range');
    expect(codeOf(() => inclusionProof(0n, 1n << 62n, grown.nodes))).toBe('node-missing');
    expect(codeOf(() => rootAt(1n << 63n, grown.nodes))).toBe('size-out-of-range');
    expect(codeOf(() => nodeHash(new Uint8Array(31), new Uint8Array(32)))).toBe('hash-malformed');
    expect(codeOf(() => AppendOnlyTree.empty().append(new Uint8Array(33)))).toBe('hash-malformed');
  });
});

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const hostileHash = fc.oneof(
  { weight: 4, arbitrary: hash },
  fc.uint8Array({ maxLength: 40 }),
  fc.constantFrom(...([undefined, null, 'hash', 7, [], {}] as unknown as Uint8Array[])),
);
const size = fc.integer({ min: 1, max: LARGEST });
const hostileSize = fc.oneof(
  fc.bigInt({ min: -2n, max: 1n << 64n }),
  fc.bigInt({ min: 0n, max: 80n }),
  fc.constantFrom(...([undefined, null, '1', 1, 1.5, NaN] as unknown as bigint[])),
);
const hostileProof = fc.oneof(
  { weight: 6, arbitrary: fc.array(hostileHash, { maxLength: 70 }) },
  fc.constantFrom(...([undefined, null, 'proof', { length: 3 }] as unknown as Uint8Array[][])),
);

describe('hostile proofs', () => {
  it('end in a code of the closed set', () => {
    fc.assert(
      fc.property(hostileHash, hostileHash, hostileSize, hostileSize, hostileProof, (a, b, n, m, proof) => {
        expect(
          codeOf(() => verifyInclusion({ leafHash: a, leafIndex: n, treeSize: m, proof, root: b })),
        ).not.toBeUndefined();
        const code = codeOf(() => verifyConsistency({ size1: n, size2: m, root1: a, root2: b, proof }));
        if (code === undefined) expect([n, a]).toEqual([m, b]);
      }),
      fuzzRuns(20_000),
    );
  });

  it('a changed bit, sibling, index or size proves nothing', () => {
    fc.assert(
      fc.property(size, fc.nat(), fc.nat(), fc.nat(), (treeSize, pick, bit, kind) => {
        const index = pick % treeSize;
        const proof = inclusionProof(BigInt(index), BigInt(treeSize), grown.nodes);
        const claim = {
          leafHash: leafHash(all[index]!),
          leafIndex: BigInt(index),
          treeSize: BigInt(treeSize),
          proof,
          root: grown.roots[treeSize]!,
        };
        const flipped = (bytes: Uint8Array): Uint8Array => {
          const copy = Uint8Array.from(bytes);
          copy[(bit >> 3) % copy.length]! ^= 1 << (bit & 7);
          return copy;
        };
        const changes = [
          { ...claim, leafHash: flipped(claim.leafHash) },
          { ...claim, root: flipped(claim.root) },
          { ...claim, proof: [...proof, claim.root] },
          ...(treeSize > 1 ? [{ ...claim, leafIndex: BigInt((index + 1) % treeSize) }] : []),
          ...(proof.length > 0
            ? [
                { ...claim, proof: proof.slice(1) },
                { ...claim, proof: proof.map((h, i) => (i === bit % proof.length ? flipped(h) : h)) },
              ]
            : []),
        ];
        expect(codeOf(() => verifyInclusion(changes[kind % changes.length]!))).not.toBeUndefined();
      }),
      fuzzRuns(10_000),
    );
  });

  it('a log rewritten anywhere before the old size is not consistent', () => {
    fc.assert(
      fc.property(size, size, fc.nat(), (a, b, pick) => {
        const [size1, size2] = a < b ? [a, b] : [b, a];
        const rewritten = all.slice(0, size2);
        rewritten[pick % size1] = Buffer.from('another fact');
        const { nodes, tree } = grow(rewritten);
        const claim = {
          size1: BigInt(size1),
          size2: BigInt(size2),
          root1: grown.roots[size1]!,
          root2: tree.root(),
          proof: consistencyProof(BigInt(size1), BigInt(size2), nodes),
        };
        expect(codeOf(() => verifyConsistency(claim))).toBe('root-mismatch');
      }),
      runs(200),
    );
  });
});
