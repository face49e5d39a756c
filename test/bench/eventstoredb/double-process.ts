import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bench } from '../harness/benchmark.js';
import { benchProgram } from '../harness/repository.js';
import { startServer } from '../harness/server-process.js';

/** What the EventStoreDB double has received. */
export interface DoubleState {
  /** Its connection string. */
  readonly url: string;
  readonly calls: { readonly appends: number; readonly reads: number };
  /** Events in streams of each category. */
  readonly categories: Readonly<Record<string, number>>;
  /** Position of its last event. */
  readonly head: string;
}

export interface DoubleProcess {
  state(): Promise<DoubleState>;
  stop(): Promise<void>;
}

/** @param ledger data folder of an SQLite ledger whose events it begins with */
export async function startDouble(bench: Bench, ledger?: string): Promise<DoubleProcess> {
  const program = fileURLToPath(benchProgram('eventstoredb/double.program.js'));
  const spec = JSON.stringify(ledger === undefined ? {} : { ledger });
  const server = await startServer([program, spec], join(await bench.folder(), 'double.log'));
  return {
    state: async () => (await (await fetch(server.url)).json()) as DoubleState,
    stop: () => server.stop(),
  };
}
