import { getSQLiteEventStore } from '@event-driven-io/emmett-sqlite';
import { join } from 'node:path';
import sqlite3 from 'sqlite3';

const { folder, workloadModule, warmUp, workload } = JSON.parse(process.argv[2]);
const { runWorkload } = await import(workloadModule);
const MOST_TRIES = 10;
const fileName = join(folder, 'emmett.db');
const store = getSQLiteEventStore({ fileName, schema: { autoMigration: 'CreateOrUpdate' } });

const append = async (stream, events, after) => {
  const expectedStreamVersion = after === undefined ? 'STREAM_DOES_NOT_EXIST' : after;
  for (let tries = 1; ; tries++) {
    try {
      return (await store.appendToStream(stream, events, { expectedStreamVersion })).nextExpectedStreamVersion;
    } catch (error) {
      // Now and then its COMMIT fails although nobody else is at work: the pragma it sends before is still under way.
      if (error.code !== 'SQLITE_BUSY' || tries === MOST_TRIES) throw error;
    }
  }
};
const count = () =>
  new Promise((resolve, reject) => {
    const database = new sqlite3.Database(fileName);
    database.get('SELECT count(*) AS count FROM emt_messages', (error, row) => {
      database.close();
      if (error) reject(error);
      else resolve(row.count);
    });
  });

await runWorkload(warmUp, 'warm-up', append);
const before = await count();
const seconds = await runWorkload(workload, 'measured', append);
const events = (await count()) - before;
process.stdout.write(`${JSON.stringify({ value: events / seconds, work: `${events} events` })}\n`);
process.exit(0);
