import { describe, expect, it } from '@jest/globals';
import { buildGraph, createGraph, foldEvent, touchedBy } from './fold.js';
import { type BatchNode, type GraphEvent, type Stay, type Use } from './graph.types.js';
import { batchOf, forgetPast, outlineOf, type BatchOutline } from './past.js';
import { effectiveEvents } from './testing/effective-events.js';
import { LedgerWriter } from './testing/ledger-writer.js';
import { overRandomLedgers } from './testing/random-properties.js';
import { storedOf } from './testing/stored-graph.js';

/** Batches as tables keep them: an outline, and by the log index that brought them what was used and where it was. */
class Stored {
  readonly outlines = new Map<string, string>();
  readonly uses = new Map<string, Map<number, Use[]>>();
  readonly stays = new Map<string, Map<number, Stay[]>>();
  readonly #graph = createGraph();

  /** Folds on from the outlines alone. @param isKept whether nodes stay in memory, their past forgotten */
  fold(event: GraphEvent, isKept: boolean): void {
    for (const id of touchedBy(event).batches) {
      const outline = this.outlines.get(id);
      if (outline !== undefined && !this.#graph.batches.has(id))
        this.#graph.batches.set(id, batchOf(JSON.parse(outline) as BatchOutline));
    }
    foldEvent(this.#graph, event);
    for (const id of touchedBy(event).batches) {
      const node = this.#graph.batches.get(id);
      if (node !== undefined) this.#keep(node);
    }
    if (!isKept) this.#graph.batches.clear();
  }

  #keep(node: BatchNode): void {
    const { batchId } = node;
    this.outlines.set(batchId, JSON.stringify(outlineOf(node)));
    put(this.uses, batchId, node.uses, (use) => use.logIndex);
    put(this.stays, batchId, node.stays, (stay) => stay.arrived.logIndex);
    forgetPast(node);
  }

  whole(): Map<string, BatchNode> {
    const list = <T>(rows: Map<string, Map<number, T[]>>, id: string): T[] =>
      [...(rows.get(id)?.values() ?? [])].flat();
    return new Map(
      [...this.outlines].map(([id, outline]) => [
        id,
        batchOf(JSON.parse(outline) as BatchOutline, { uses: list(this.uses, id), stays: list(this.stays, id) }),
      ]),
    );
  }
}

/** All that one event brought is in one fold's hands, and takes the place of what it brought before. */
function put<T>(rows: Map<string, Map<number, T[]>>, id: string, list: readonly T[], by: (item: T) => number): void {
  const ofBatch = rows.get(id) ?? new Map<number, T[]>();
  for (const index of new Set(list.map(by))) {
    const brought = list.filter((item) => by(item) === index);
    ofBatch.set(index, JSON.parse(JSON.stringify(brought)) as T[]);
  }
  rows.set(id, ofBatch);
}

describe('Folding on from outlines of batches', () => {
  it.each([true, false])('gives, with what was put aside, the whole graph (nodes kept: %s)', (isKept) => {
    overRandomLedgers(30, 120, (events) => {
      const stored = new Stored();
      for (const event of effectiveEvents(events)) stored.fold(event, isKept);
      const graph = buildGraph(events);
      const { batches } = storedOf({ ...graph, batches: stored.whole() }) as { batches: unknown };
      expect(batches).toEqual((storedOf(graph) as { batches: unknown }).batches);
    });
  });

  it('carries no more of a stock however often it was used', () => {
    const lengthAfter = (uses: number): number => {
      const ledger = new LedgerWriter();
      ledger.open('works', 'maker', 'JP');
      ledger.register('works', 'stock', 1_000_000, { cobalt: 1_000 });
      for (let use = 0; use < uses; use++)
        ledger.write('works', 'BatchDisposed', { batchId: 'stock', grossGrams: 1, reason: 'dust' });
      const stored = new Stored();
      for (const event of ledger.events) stored.fold(event, true);
      expect(stored.uses.get('stock')?.size).toBe(uses);
      return stored.outlines.get('stock')!.length;
    };
    expect(lengthAfter(300)).toBeLessThanOrEqual(lengthAfter(100));
  });

  it('keeps the stays that one event began together', () => {
    const mark = { eventId: 'e', logIndex: 7, occurredAt: '2026-01-01T00:00:00.000Z', how: 'receipt' as const };
    const stay = (siteId: string, logIndex: number): Stay => ({ siteId, arrived: { ...mark, logIndex } });
    const node = { uses: [], stays: [stay('a', 3), stay('b', 7), stay('b', 7)] } as unknown as BatchNode;
    expect(outlineOf(node).lastStays).toEqual([stay('b', 7), stay('b', 7)]);
    forgetPast(node);
    expect(node.stays).toEqual([stay('b', 7), stay('b', 7)]);
  });
});
