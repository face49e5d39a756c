import { describe, expect, it } from '@jest/globals';
import { VerificationError, verifyConsistency, verifyInclusion } from './index.js';
import { readVectors } from './testing/vectors.js';

interface Vector {
  readonly desc: string;
  readonly wantErr: boolean;
  readonly proof: readonly string[] | null;
}
interface InclusionVector extends Vector {
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string;
  readonly leafHash: string;
}
interface ConsistencyVector extends Vector {
  readonly size1: number;
  readonly size2: number;
  readonly root1: string;
  readonly root2: string;
}

// Roots like "don't care" are not base64 of 32 bytes; the vectors want those refused as well.
const bytes = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));
const proofOf = (vector: Vector): Uint8Array[] => (vector.proof ?? []).map(bytes);

function verdictOf(check: () => void): 'valid' | 'invalid' {
  try {
    check();
    return 'valid';
  } catch (error) {
    if (error instanceof VerificationError) return 'invalid';
    throw error;
  }
}

function vectorsIn<T extends Vector>(folder: string): readonly (readonly [string, T])[] {
  return readVectors(folder).map(({ name, bytes }) => [name, JSON.parse(Buffer.from(bytes).toString('utf8')) as T]);
}

const inclusion = vectorsIn<InclusionVector>('merkle/inclusion');
describe('inclusion vectors', () => {
  it.each(inclusion)('%s', (_name, vector) => {
    const claim = {
      leafHash: bytes(vector.leafHash),
      leafIndex: BigInt(vector.leafIdx),
      treeSize: BigInt(vector.treeSize),
      proof: proofOf(vector),
      root: bytes(vector.root),
    };
    expect(verdictOf(() => verifyInclusion(claim))).toBe(vector.wantErr ? 'invalid' : 'valid');
  });
});

const consistency = vectorsIn<ConsistencyVector>('merkle/consistency');
describe('consistency vectors', () => {
  it.each(consistency)('%s', (_name, vector) => {
    const claim = {
      size1: BigInt(vector.size1),
      size2: BigInt(vector.size2),
      root1: bytes(vector.root1),
      root2: bytes(vector.root2),
      proof: proofOf(vector),
    };
    expect(verdictOf(() => verifyConsistency(claim))).toBe(vector.wantErr ? 'invalid' : 'valid');
  });
});
