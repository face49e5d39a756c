import { describe, expect, it } from '@jest/globals';
import { EVERYTHING } from '#access';
import { MemoryEventStore, type RecordReader } from '#event-store';
import { leafHash } from '#transparency';
import { eventId, EventLog } from '../testing/event-log.js';
import { TOLD } from '../testing/ore-to-cathode.js';
import { projectAll, withViews } from '../testing/views-folder.js';
import { type Views } from '../views/views.js';
import { EventQueries } from './event-queries.js';
import { HistoryQueries } from './history-queries.js';
import { LedgerQueries } from './ledger-queries.js';
import { ProvenanceQueries } from './provenance-queries.js';

/** Registers the batch `ore`. */
const ALTERED = 6;

async function told(): Promise<MemoryEventStore> {
  const store = new MemoryEventStore();
  const log = new EventLog(store);
  for (const each of TOLD) await log.tell(each);
  return store;
}

/** The same event, saying something else. */
function otherMass(record: string): string {
  const altered = record.replace('"grossGrams":', '"grossGrams":1');
  expect(altered).not.toBe(record);
  return altered;
}

/** Every kind of reader of the event's record. */
function readersOf(views: Views): Record<string, () => Promise<unknown>> {
  const ledger = new LedgerQueries(views);
  const provenances = new ProvenanceQueries(views);
  return {
    'an event': () => new EventQueries(views).event(EVERYTHING, eventId('e6')),
    'a history': () => new HistoryQueries(views).history(EVERYTHING, 'ore'),
    'an event of the log': () => ledger.eventByIndex(EVERYTHING, ALTERED),
    'the log': async () => {
      for await (const event of ledger.events(EVERYTHING)) void event;
    },
    'a chain': () => provenances.chainEvents(EVERYTHING, 'cathode'),
    'the past': () => provenances.provenance(EVERYTHING, 'cathode', { direction: 'upstream', knownAt: 15 }),
  };
}

describe('A log that is no longer what the tables were made of', () => {
  it.each<[string, (records: RecordReader, positions: readonly bigint[]) => string[]]>([
    ['another record', (records, positions) => records.recordsAt(positions.map((at) => (at === 6n ? 7n : at)))],
    ['a record that is no JSON', (records, at) => records.recordsAt(at).map((text, i) => (at[i] === 6n ? '{' : text))],
    ['no record', (records, positions) => records.recordsAt(positions.map((at) => (at === 6n ? 600n : at)))],
  ])('is told as damaged, and read no further, where it has %s', async (_, recordsAt) => {
    const store = await told();
    const { records } = store;
    let isAltered = false;
    const altered = {
      recordsAt: (positions: readonly bigint[]) =>
        isAltered ? recordsAt(records, positions) : records.recordsAt(positions),
    };
    await withViews(
      async (views) => {
        await projectAll({ store, views });
        for (const read of Object.values(readersOf(views))) await expect(read()).resolves.not.toThrow();
        isAltered = true;
        for (const [name, read] of Object.entries(readersOf(views))) {
          const code = await read().then(
            () => `${name}: read`,
            (error: unknown) => (error as { code?: string }).code,
          );
          expect(code).toBe('store-corrupt');
        }
      },
      { records: altered },
    );
  });

  it.each([[undefined], ['copied']])(
    'is told as damaged where a record reads well but is not its leaf (%s)',
    async (kept) => {
      const store = await told();
      const { records } = store;
      let isAltered = false;
      const altered = {
        recordsAt: (positions: readonly bigint[]) =>
          records
            .recordsAt(positions)
            .map((text, index) => (isAltered && positions[index] === 6n ? otherMass(text) : text)),
      };
      const texts = records.recordsAt(Array.from({ length: TOLD.length }, (_, position) => BigInt(position)));
      const leaves = texts.map((text) => leafHash(Buffer.from(text, 'utf8')));
      let size = leaves.length;
      await withViews(
        async (views) => {
          await projectAll({ store, views });
          for (const read of Object.values(readersOf(views))) await expect(read()).resolves.not.toThrow();
          isAltered = true;
          if (kept === 'copied') {
            const record = otherMass(texts[ALTERED]!);
            await views.writer.updateTable('records').set({ record }).where('log_index', '=', ALTERED).execute();
          }
          const told = `the record of event ${ALTERED} is not the one that was signed`;
          for (const read of Object.values(readersOf(views)))
            await expect(read()).rejects.toMatchObject({
              code: 'store-corrupt',
              message: expect.stringContaining(told),
            });
          // What the tree has not come to yet is compared with nothing.
          size = ALTERED;
          for (const read of Object.values(readersOf(views))) await expect(read()).resolves.not.toThrow();
        },
        {
          ...(kept === 'copied' ? {} : { records: altered }),
          leaf: (index) => (index < size ? leaves[index] : undefined),
        },
      );
    },
  );

  it('does not matter where the tables have copies; a copy that is missing is told', async () => {
    await withViews(async (views) => {
      await projectAll({ store: await told(), views });
      for (const read of Object.values(readersOf(views))) await expect(read()).resolves.not.toThrow();
      await views.writer.deleteFrom('records').where('log_index', '=', ALTERED).execute();
      for (const read of Object.values(readersOf(views)))
        await expect(read()).rejects.toMatchObject({ code: 'views-unavailable' });
    });
  });
});
