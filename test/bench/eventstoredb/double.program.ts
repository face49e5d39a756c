import { createServer } from 'node:http';
import { join } from 'node:path';
import { LEDGER_FILE, openSqliteEventStoreReadOnly } from '#event-store';
import { startEventStoreDbDouble } from '../../eventstoredb-double/index.js';
import { asked } from '../harness/program.js';

/**
 * The EventStoreDB double in a process of its own, so that it takes no time from the measured processes other than by
 * sharing the machine. Answers over HTTP where it is and what it has received.
 */
const { ledger } = asked<{ ledger?: string }>();

const double = await startEventStoreDbDouble();
if (ledger !== undefined) await fill(ledger);

const control = createServer((_, response) => {
  const categories: Record<string, number> = {};
  for (const { stream } of double.log.all) {
    const category = stream.slice(0, Math.max(0, stream.indexOf('-')));
    categories[category] = (categories[category] ?? 0) + 1;
  }
  const last = double.log.all.at(-1);
  const { url, calls } = double;
  response.setHeader('connection', 'close');
  response.end(JSON.stringify({ url, calls, categories, head: String(last?.position ?? 0) }));
});
control.listen(0, '127.0.0.1', () => {
  const { port } = control.address() as { port: number };
  process.stdout.write(`answers at http://127.0.0.1:${port}\n`);
});
// It keeps nothing on disk, so it need not stop in order or wait for open streams.
process.once('SIGTERM', () => process.exit(0));
// The measuring process may be killed and would leave this one behind.
const { ppid } = process;
setInterval(() => process.ppid === ppid || process.exit(1), 1_000).unref();

/** Puts a whole SQLite ledger into the log, as its server would have done. */
async function fill(folder: string): Promise<void> {
  const store = openSqliteEventStoreReadOnly(join(folder, LEDGER_FILE));
  const bytes = (value: unknown): Uint8Array => new Uint8Array(Buffer.from(JSON.stringify(value)));
  for await (const { id, type, stream, data, metadata } of store.readAll()) {
    const event = { id, type, contentType: 'application/json', data: bytes(data), customMetadata: bytes(metadata) };
    double.log.append(stream, 'any', [event]);
  }
  await store.close();
}
