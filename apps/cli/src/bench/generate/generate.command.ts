import { Command, InvalidArgumentError } from 'commander';
import { join } from 'node:path';
import { LEDGER_FILE, openSqliteEventStore, type EventStore } from '#event-store';
import { configured } from '../../configured.js';
import { EXIT, fail } from '../../exit.js';
import { Progress } from '../../progress.js';
import { PlanError, type LedgerPlan } from './generate-ledger.js';
import { writeLedger } from './write-ledger.js';

interface Options {
  readonly events: number;
  readonly seed: number;
  readonly out?: string;
  readonly chain?: number;
  readonly busySite?: number[];
  readonly fan?: number[];
  readonly json?: boolean;
}

/** Fewer events do not make a complete supply chain. */
const FEWEST_EVENTS = 100;

export function generateCommand(): Command {
  return new Command('generate')
    .description('Write a made-up ledger, for measurements: the same options give the same records, byte for byte')
    .requiredOption('--events <number>', 'events in all, reservations of ids included', numberFrom(FEWEST_EVENTS))
    .option('--seed <number>', 'chooses one of many ledgers', numberFrom(0), 1)
    .option('--out <folder>', 'data folder to make the ledger in, without one yet; default: LODEBOOK_DATA')
    .option('--chain <batches>', 'with a chain of so many batches, chain-1 to chain-<batches>', numberFrom(1))
    .option('--busy-site <events...>', 'with a site busy-site-<events> of so many events', numbersFrom(2))
    .option('--fan <batches...>', 'with a site fan-site-<batches> that so many batches went through', numbersFrom(1))
    .option('--json', 'print the outcome as JSON')
    .action(generate);
}

async function generate({ events, seed, out, chain, busySite, fan, json }: Options): Promise<void> {
  const folder = out ?? configured().dataFolder;
  const plan: LedgerPlan = {
    events,
    seed,
    ...(chain !== undefined && { chain }),
    ...(busySite !== undefined && { busySites: busySite }),
    ...(fan !== undefined && { fans: fan }),
  };
  const store = await openEmpty(folder);
  const began = performance.now();
  const progress = new Progress(`Generating into ${folder}`, events);
  try {
    const written = await writeLedger(store, plan, (count) => progress.at(count));
    await store.close();
    const seconds = (performance.now() - began) / 1000;
    progress.end(`${written} events in ${seconds.toFixed(1)} s, ${Math.round(written / seconds)} a second`);
    if (json) process.stdout.write(`${JSON.stringify({ folder, events: written, seed, seconds })}\n`);
  } catch (error) {
    await store.close();
    progress.end('not done');
    if (error instanceof PlanError) fail(error.message, EXIT.usedWrongly);
    fail(error instanceof Error ? error.message : String(error));
  }
}

async function openEmpty(folder: string): Promise<EventStore> {
  let store: EventStore;
  try {
    store = openSqliteEventStore(join(folder, LEDGER_FILE));
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
  if ((await store.head()) === undefined) return store;
  await store.close();
  fail(`there is a ledger in ${folder} already: name another folder with --out`, EXIT.usedWrongly);
}

function numberFrom(least: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d{1,15}$/.test(text) && number >= least) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least} on.`);
  };
}

function numbersFrom(least: number): (text: string, before: number[] | undefined) => number[] {
  const parse = numberFrom(least);
  return (text, before = []) => [...before, parse(text)];
}
