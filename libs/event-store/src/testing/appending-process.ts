import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { openSqliteEventStore } from '../sqlite/sqlite-event-store.js';

/**
 * A process for the crash tests: appends to the ledger named by its argument, from many writers at once, until it is
 * killed, and writes the id of every event that was acknowledged, a line each. Each append goes together with one to a stream
 * of its own, named after the first event's id.
 */
const WRITERS = 32;
const EVENTS_PER_APPEND = 3;

const store = openSqliteEventStore(process.argv[2]!);

async function write(stream: string): Promise<void> {
  for (let revision = -1n; ; revision += BigInt(EVENTS_PER_APPEND)) {
    const events = Array.from({ length: EVENTS_PER_APPEND }, () => ({
      id: randomUUID(),
      type: 'BatchRegistered',
      data: { note: 'x'.repeat(300) },
      metadata: { schemaVersion: 1 },
    }));
    const companion = { id: randomUUID(), type: 'IdReserved', data: {}, metadata: { schemaVersion: 1 } };
    await store.appendTogether([
      { stream: `batch-${events[0]!.id}`, events: [companion], expected: 'no-stream' },
      { stream, events, expected: revision < 0n ? 'no-stream' : revision },
    ]);
    // Straight to the descriptor: what was acknowledged must not wait in this process's memory.
    writeSync(1, events.map(({ id }) => `${id}\n`).join(''));
  }
}

await Promise.all(Array.from({ length: WRITERS }, () => write(`site-${randomUUID()}`)));
