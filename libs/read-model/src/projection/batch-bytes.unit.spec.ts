import { describe, expect, it } from '@jest/globals';
import { type BatchNode, type Pool } from '#claims';
import { estimatedBytes } from './batch-bytes.js';

function node(changes: Partial<BatchNode>): BatchNode {
  return {
    batchId: 'batch-1',
    material: 'cobalt-metal',
    status: 'at-site',
    grossGrams: 1_000,
    contentKnown: true,
    composition: {},
    parents: [],
    originSites: [],
    originUnknown: false,
    uses: [],
    stays: [],
    hops: [],
    labels: [],
    declarations: {},
    assays: [],
    anomalies: [],
    ...changes,
  };
}

function pool(shares: number): Pool {
  return Object.fromEntries(Array.from({ length: shares }, (_, index) => [`origin-${index}/primary`, 1]));
}

describe('The estimated bytes of a batch', () => {
  it('grow with what it was mixed of, wherever the node keeps that', () => {
    const plain = estimatedBytes(node({ composition: { cobalt: pool(2) } }));
    const blended = estimatedBytes(node({ composition: { cobalt: pool(1_000), nickel: pool(1_000) } }));
    expect(blended).toBeGreaterThan(100 * plain);
    expect(estimatedBytes(node({ lastComposition: { cobalt: pool(1_000), nickel: pool(1_000) } }))).toBe(blended);
    expect(estimatedBytes(node({ given: [{ until: 3, composition: { cobalt: pool(2) } }] }))).toBe(plain);
  });

  it('grow with its history', () => {
    const label = { labelId: 'label-1' } as unknown as BatchNode['labels'][number];
    expect(estimatedBytes(node({ labels: [label, label] }))).toBeGreaterThan(estimatedBytes(node({ labels: [label] })));
  });
});
