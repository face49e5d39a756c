import { describe, expect, it } from '@jest/globals';
import { BECAUSES, type ClaimLine, type Reason } from '../evaluate/index.js';
import { type Happening } from './happening.js';
import { merged, type MergedReason } from './merged.js';
import { sentenceOf } from './sentence.js';

const LABOUR: MergedReason = {
  about: [
    { claim: 'labour', right: 'forced-labour' },
    { claim: 'labour', right: 'child-labour' },
  ],
  verdict: 'broken',
  because: 'attestation-revoked',
  batchId: 'anode-b',
  siteId: 'kurobe-works',
  from: '2026-05-02T12:00:00.000Z',
  until: '2026-05-03T00:00:00.000Z',
  eventIds: ['e-1'],
};
const REVOKED: Happening = {
  type: 'AttestationRevoked',
  stream: 'attestation-kurobe-works-2026',
  data: { from: '2026-05-01T00:00:00.000Z', reason: 'The auditor was\n refused entry' },
  metadata: { occurredAt: '2026-05-20T09:30:00.000Z', actor: { principal: 'p', organisation: 'fair-shift' } },
};

describe('the sentence of a reason', () => {
  it('says what, where, from when until when, and the event with who, when and its own words', () => {
    expect(sentenceOf(LABOUR, [REVOKED], [])).toBe(
      'The attestation of forced labour and child labour is revoked that covered batch anode-b, which was at kurobe-works from 2 May 2026 12:00 UTC to 3 May 2026. ' +
        'Attestation kurobe-works-2026 was revoked, from 1 May 2026 on by fair-shift (20 May 2026 09:30 UTC): “The auditor was refused entry”.',
    );
  });

  it('says nothing of what its reader is not shown', () => {
    const hidden: Happening = {
      type: 'AttestationRevoked',
      stream: 'attestation-attestation~abcdefghijklmnopqrstuvwxyz',
      data: { from: '2026-05-01T00:00:00.000Z', reason: '~' },
      metadata: { occurredAt: '2026-05-20T09:30:00.000Z', actor: {} },
    };
    const reason = { ...LABOUR, batchId: 'batch~abcdefghijklmnopqrstuvwxyz' };
    const sentence = sentenceOf(reason, [hidden], []);
    expect(sentence).toContain('covered batch abcdef…, which');
    expect(sentence).toContain(
      'Attestation attestation abcdef… was revoked, from 1 May 2026 on (20 May 2026 09:30 UTC).',
    );
    expect(sentence).not.toContain('“');
    expect(sentence).not.toContain('~');
  });

  it('leaves ids as they are, at its beginning too', () => {
    const registered: Happening = {
      type: 'BatchRegistered',
      stream: 'site-pit',
      data: {
        batchId: 'ore-b',
        material: 'graphite-ore',
        grossGrams: 130_000_000,
        origin: { kind: 'extracted', country: 'MZ' },
      },
      metadata: { occurredAt: '2025-12-01T00:00:00.000Z' },
    };
    const reason = { ...LABOUR, because: 'in-transit' as const, batchId: 'ore-b' };
    expect(sentenceOf(reason, [registered], [])).toBe(
      'Batch ore-b has left site kurobe-works and has not arrived. Batch ore-b was registered at pit: 130 t of graphite ore, extracted, MZ (1 December 2025).',
    );
  });

  it('names a run of products by its id without saying it twice', () => {
    const run = { type: 'ProductsAssembled', stream: 'site-plant', data: { runId: 'run' }, metadata: {} };
    expect(sentenceOf(LABOUR, [run], [])).toMatch(/ A run of products \(run\) was assembled at plant\.$/);
  });

  it('is there without any event, and counts the events that it does not tell', () => {
    expect(sentenceOf(LABOUR, [], [])).not.toContain('more event');
    const many = { ...LABOUR, eventIds: ['1', '2', '3', '4', '5'] };
    const revoked = ['a', 'b', 'c'].map((id) => ({ ...REVOKED, stream: `attestation-${id}` }));
    expect(sentenceOf(many, revoked, [])).toMatch(/ 2 more events\.$/);
  });

  it('names the shares that a threshold is missed by', () => {
    const line = { claim: 'recycled-content', mineral: 'cobalt' } as const;
    const claims: ClaimLine[] = [
      { ...line, mineral: 'nickel', verdict: 'holds', citation: '', lower: '1.000000', upper: '1.000000' },
      { ...line, verdict: 'broken', citation: '', lower: '0.071000', upper: '0.090000', threshold: '0.160000' },
    ];
    const reason: MergedReason = { about: [line], verdict: 'broken', because: 'share-below-threshold', eventIds: [] };
    expect(sentenceOf(reason, [], claims)).toBe(
      'Too little of the cobalt is recycled: 7.1 % proven, 9 % at most, 16 % needed.',
    );
  });

  it.each(BECAUSES)('is a sentence for %s, with every fact and with none', (because) => {
    const bare: MergedReason = { about: [{ claim: 'custody' }], verdict: 'broken', because, eventIds: [] };
    for (const reason of [bare, { ...LABOUR, because }]) {
      const sentence = sentenceOf(reason, [], []);
      expect(sentence).toMatch(/^[A-Z].*[^ ]\.$/);
      expect(sentence).not.toMatch(/undefined|  | ,| \./);
    }
  });

  it('survives whatever an event says', () => {
    const odd = [null, 7, 'x', [], {}, [null, 7, { batchId: 3 }]];
    const types = ['AttestationIssued', 'BatchRegistered', 'BatchesReceived', 'BatchesTransformed', 'Unheard'];
    for (const type of types) {
      for (const value of odd) {
        const fields = ['from', 'reason', 'origin', 'inputs', 'outputs', 'batches', 'rights', 'batchId', 'grossGrams'];
        const data = Object.fromEntries(fields.map((field) => [field, value]));
        expect(sentenceOf(LABOUR, [{ type, stream: '~', data, metadata: {} }], [])).toMatch(/[.”]$/);
      }
    }
  });
});

describe('reasons', () => {
  it('that the same events give to several lines are one; those that name shares stay apart', () => {
    const labour = (right: 'forced-labour' | 'child-labour', eventId: string): Reason => {
      return { claim: 'labour', right, verdict: 'unproven', because: 'attestation-gap', eventIds: [eventId] };
    };
    const share = (mineral: 'cobalt' | 'nickel'): Reason => {
      const because = 'share-below-threshold';
      return { claim: 'recycled-content', mineral, verdict: 'broken', because, eventIds: ['e'] };
    };
    const reasons = [labour('forced-labour', 'a'), labour('child-labour', 'a'), labour('child-labour', 'b')];
    const all = merged({ reasons: [...reasons, share('cobalt'), share('nickel')] });
    expect(all.map(({ about, eventIds }) => [about.length, eventIds])).toEqual([
      [2, ['a']],
      [1, ['b']],
      [1, ['e']],
      [1, ['e']],
    ]);
    expect(all[0]?.about).toEqual([
      { claim: 'labour', right: 'forced-labour' },
      { claim: 'labour', right: 'child-labour' },
    ]);
  });
});
