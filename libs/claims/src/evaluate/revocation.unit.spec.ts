/** A back-dated fact about a site flips exactly the batches whose upstream custody touched it, and nothing else. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { affectedBy, buildStanding, type AffectedCustody } from '../standing/index.js';
import { verdictFrom } from './testing/chain-writer.js';
import { custodyTouches } from './testing/custody-touches.js';
import { programmeWith } from './testing/programme-files.js';
import { BEGINNING, randomChain, SITES, type Trail } from './testing/random-chain.js';
import { runs } from '../../../../test/properties/runs.js';

const programme = programmeWith({ claim: 'labour', rights: ['child-labour'], evidence: 'attestations' });
const at = (hours: number): string => new Date(BEGINNING + hours * 3_600_000).toISOString();
const touches = (trails: readonly Trail[], siteId: string, from: string, until: string): boolean =>
  trails.some((trail) => {
    const begins = trail.from > from ? trail.from : from;
    const ends = trail.until !== undefined && trail.until < until ? trail.until : until;
    return trail.siteId === siteId && begins < ends;
  });

describe('a fact dated back', () => {
  const dated = fc.record({
    site: fc.constantFrom(...SITES),
    from: fc.integer({ min: 0, max: 400 }),
    length: fc.nat(100),
  });

  it.each(['Revoked', 'Suspended', 'found'] as const)('%s flips exactly the custody it reaches', (kind) => {
    fc.assert(
      fc.property(randomChain(12), dated, ({ writer, trails, end }, { site, from, length }) => {
        for (const siteId of SITES) writer.attest(at(0), `a-${siteId}`, siteId, ['child-labour'], at(-1), at(100_000));
        const before = [...writer.events];
        let until = end;
        let event;
        if (kind === 'found') {
          writer.raise(end, 'c', site, ['child-labour']);
          until = at(from + length + 1) < end ? at(from + length + 1) : end;
          event = writer.find(end, 'c', true, ['child-labour'], at(from), at(from + length + 1));
        } else {
          event = writer.change(end, `a-${site}`, kind, at(from));
          if (kind === 'Suspended') {
            writer.change(end, `a-${site}`, 'Reinstated', at(from + length + 1));
            until = at(from + length + 1) < end ? at(from + length + 1) : end;
          }
        }
        const standing = buildStanding(writer.events);
        const graph = writer.graph(end);
        const reach = affectedBy(event, standing) as AffectedCustody[];
        for (const [batchId, trail] of trails) {
          const question = { batchId, validAt: end };
          expect(verdictFrom(before, programme, question).verdict).toBe('holds');
          const touched = touches(trail, site, at(from), until);
          const after = verdictFrom(writer.events, programme, question);
          expect([batchId, after.verdict]).toEqual([batchId, touched ? 'broken' : 'holds']);
          if (touched) expect(after.reasons.map(({ eventIds }) => eventIds)).toEqual([[event.id]]);
          const found = reach.some((part) => custodyTouches(graph, batchId, part.siteId, part.from, part.until));
          if (touched) expect(found).toBe(true);
          expect(custodyTouches(graph, batchId, site, at(from), until)).toBe(touched);
        }
      }),
      runs(30),
    );
  });
});
