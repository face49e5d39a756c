import { describe, expect, it } from '@jest/globals';
import { buildGraph, buildStanding, evaluate } from '#claims';
import { PROGRAMMES_FOLDER, ProgrammeLibrary } from '#programmes';
import { overRandomLedgers } from '../../../claims/src/graph/testing/random-properties.js';
import { GrowingChain } from './growing-chain.js';

const [programme] = ProgrammeLibrary.load(PROGRAMMES_FOLDER).newest('2037-01-01T00:00:00.000Z');

describe('a chain that grows event by event', () => {
  it('is judged after each event as if it were folded from all of them', () => {
    overRandomLedgers(20, 40, (events, seed) => {
      const validAt = events.at(Math.abs(seed) % events.length)!.metadata.occurredAt;
      const named = [...buildGraph(events).batches.keys()];
      const batchId = named.at(Math.abs(seed) % Math.max(named.length, 1)) ?? 'none';
      const chain = new GrowingChain(batchId, validAt);
      let before: unknown;
      for (const [index, event] of events.entries()) {
        const mayDiffer = chain.take(event);
        const known = events.slice(0, index + 1);
        const graph = buildGraph(known, { validAt });
        const verdict = evaluate(graph, buildStanding(known), programme!, { batchId, validAt });
        expect(chain.verdict(programme!)).toEqual(verdict);
        if (!mayDiffer) expect(verdict).toEqual(before);
        before = verdict;
      }
    });
  });
});
