import { describe, expect, it } from '@jest/globals';
import { buildGraph, buildStanding, evaluate, type ClaimsVerdict, type GraphEvent, type Programme } from '#claims';
import { PROGRAMMES_FOLDER, ProgrammeLibrary } from '#programmes';
import { overRandomLedgers } from '../../../claims/src/graph/testing/random-properties.js';
import { GatheredCorrections, VerdictFold } from './verdict-fold.js';

const programmes: readonly Programme[] = ProgrammeLibrary.load(PROGRAMMES_FOLDER).newest('2037-01-01T00:00:00.000Z');

function verdictsOf(events: readonly GraphEvent[], validAt: string, bytesKept: number): ClaimsVerdict[] {
  const corrections = new GatheredCorrections();
  for (const event of events) corrections.take(event);
  const fold = new VerdictFold({ corrections: corrections.upTo(events.length), validAt }, bytesKept);
  for (const event of events) fold.take(event);
  const verdicts = [...fold.verdicts(programmes, validAt)];
  fold.close();
  return verdicts;
}

describe('a fold whose nodes do not fit in memory', () => {
  it.each([1, 20_000, 100_000_000])('judges every batch as the whole graph does, with %i bytes kept', (bytesKept) => {
    overRandomLedgers(12, 60, (events) => {
      const validAt = events.reduce(
        (last, { metadata: { occurredAt } }) => (occurredAt > last ? occurredAt : last),
        '',
      );
      const graph = buildGraph(events, { validAt });
      const standing = buildStanding(events);
      const expected = [...graph.batches.keys()].map((batchId) => ({
        batchId,
        verdicts: programmes.map((programme) => evaluate(graph, standing, programme, { batchId, validAt })),
      }));
      const judged = verdictsOf(events, validAt, bytesKept);
      const ids = judged.map(({ batchId }) => batchId).filter((batchId, index, all) => batchId !== all[index - 1]);
      expect([...ids].sort()).toEqual(expected.map(({ batchId }) => batchId).sort());
      for (const { batchId, verdicts } of expected) {
        expect(judged.filter((verdict) => verdict.batchId === batchId)).toEqual(verdicts);
      }
    });
  });
});
