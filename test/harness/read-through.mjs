// In a process of its own, from the build: opens the log of a data folder like a server that has no time to read it before
// it must be open, and prints what was read in this thread, what was signed, and what the other thread found.
import { join } from 'node:path';
import { pino } from 'pino';
import { Audit } from '#audit';
import { LEDGER_FILE, openSqliteEventStore } from '#event-store';
import { LedgerClock } from '#recording';
import { readThroughInThread } from '../../dist/apps/server/src/audit/read-through-thread.js';

const [dataFolder] = process.argv.slice(2);
const inner = openSqliteEventStore(join(dataFolder, LEDGER_FILE));
let read = 0;
const store = new Proxy(inner, {
  get(target, name) {
    const value = Reflect.get(target, name, target);
    if (name !== 'readAll') return typeof value === 'function' ? value.bind(target) : value;
    return async function* (options) {
      for await (const event of target.readAll(options)) {
        read++;
        yield event;
      }
    };
  },
});
let readings = 0;
const inThread = readThroughInThread({ eventStoreUrl: 'sqlite:', dataFolder });
const audit = await Audit.open({
  store,
  clock: new LedgerClock(),
  dataFolder,
  signingKey: undefined,
  log: pino({ level: 'silent' }),
  say: () => undefined,
  readBeforeOpening: 0n,
  readsThrough: (...asked) => {
    readings++;
    return inThread(...asked);
  },
});
const readHere = read;
const late = { id: crypto.randomUUID(), type: 'T', data: {}, metadata: {} };
await store.append(`site-${late.id}`, [late], 'no-stream');
const size = audit.tree.size + 1n;
const signing = async () => {
  while ((await audit.signedSize(size)) < size) await new Promise((resolve) => setTimeout(resolve, 50));
};
const alarm = await Promise.race([signing(), audit.alarmed]);
const told = { events: Number(size), readHere, readings, alarm: alarm?.finding ?? null };
await audit.close();
await store.close();
process.stdout.write(JSON.stringify(told));
