import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type EventStoreDbDouble, startEventStoreDbDouble } from '../../../../test/eventstoredb-double/index.js';
import { type EventStore } from '../event-store.port.js';
import { type JsonObject, type NewEvent } from '../stored-event.js';
import { openSqliteEventStore } from '../sqlite/sqlite-event-store.js';
import { freshStream, newEvent, readStream } from '../testing/contract-events.js';
import { AWKWARD_DATA } from '../testing/record-contract.js';
import { openEventStoreDb } from './event-store-db.js';
import { runs } from '../../../../test/properties/runs.js';

/** Whole code points, control characters and those beyond the basic plane among them; half a pair is refused by both. */
const text = fc.string({ unit: 'binary' });

const json = fc.letrec<{ value: JsonObject[string] }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger(),
    text,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4 }),
  ),
})).value;

const object = fc.dictionary(text, json, { maxKeys: 5 });

describe('the record of an event', () => {
  let double: EventStoreDbDouble;
  let distributed: EventStore;
  let embedded: EventStore;
  let folder: string;

  beforeAll(async () => {
    double = await startEventStoreDbDouble();
    distributed = openEventStoreDb(double.url);
    folder = await mkdtemp(join(tmpdir(), 'lodebook-records-'));
    embedded = openSqliteEventStore(join(folder, 'ledger.db'));
  });
  afterAll(async () => {
    await distributed.close();
    await double.stop();
    await embedded.close();
    await rm(folder, { recursive: true });
  });

  async function expectSameRecords(stream: string, events: readonly NewEvent[]): Promise<void> {
    const records = await Promise.all(
      [distributed, embedded].map(async (store) => {
        await store.append(stream, events, 'no-stream');
        return (await readStream(store, stream)).map(({ record }) => Buffer.from(record).toString('hex'));
      }),
    );
    expect(records[0]).toHaveLength(events.length);
    expect(records[0]).toEqual(records[1]);
  }

  it('has the same bytes in EventStoreDB and in SQLite, awkward ones included', async () => {
    const events = [newEvent(AWKWARD_DATA, 'Batch "Ö"'), { ...newEvent({ n: 1 }), metadata: AWKWARD_DATA }];
    await expectSameRecords(`${freshStream()}-Lager "Süd"\n→ 電池 🔋`, events);
  });

  it('has the same bytes whatever the data, the metadata, the type and the name of the stream', async () => {
    const content = fc.tuple(
      object,
      object,
      text.filter((type) => type !== ''),
      text,
    );
    await fc.assert(
      fc.asyncProperty(content, async ([data, metadata, type, name]) => {
        await expectSameRecords(`${freshStream()}-${name}`, [{ ...newEvent(data, type), metadata }]);
      }),
      runs(60),
    );
  });
});
