import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import pg from 'pg';

const { connectionString, workloadModule, warmUp, workload } = JSON.parse(process.argv[2]);
const { runWorkload } = await import(workloadModule);
const store = getPostgreSQLEventStore(connectionString);
await store.schema.migrate();
const client = new pg.Client({ connectionString });
await client.connect();
await store.schema.dangerous.truncate({ resetSequences: true });

const append = async (stream, events, after) => {
  const expectedStreamVersion = after === undefined ? 'STREAM_DOES_NOT_EXIST' : after;
  const { nextExpectedStreamVersion } = await store.appendToStream(stream, events, { expectedStreamVersion });
  return nextExpectedStreamVersion;
};
const count = async () => Number((await client.query('SELECT count(*) AS count FROM emt_messages')).rows[0].count);

await runWorkload(warmUp, 'warm-up', append);
const before = await count();
const seconds = await runWorkload(workload, 'measured', append);
const events = (await count()) - before;
await client.end();
await store.close();
process.stdout.write(`${JSON.stringify({ value: events / seconds, work: `${events} events` })}\n`);
process.exit(0);
