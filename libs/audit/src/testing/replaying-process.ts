import { Worker } from 'node:worker_threads';
import { statSync } from 'node:fs';
import { openSqliteEventStoreReadOnly } from '#event-store';
import { PROGRAMMES_FOLDER, ProgrammeLibrary } from '#programmes';
import { bundleSource } from '../replay/bundle-source.js';
import { replay } from '../replay/replay.js';
import { storeSource, type ReplaySource } from '../replay/replay-source.js';
import { type ReplayPhase } from '../replay/replay-report.js';

/** A replay to be done by one thread and by two: threads run the build, which tests do not. */
export interface ReplayingCase {
  readonly ledger?: string;
  readonly file?: string;
  readonly until?: string;
  readonly programme?: string;
  readonly now: string;
  /** What was signed; roots are hexadecimal. */
  readonly signed?: readonly { readonly size: number; readonly root: string }[];
  /** The second thread ends when it is told that the log has. */
  readonly dies?: boolean;
  /** The replay is aborted once it has come to the phase. */
  readonly abortedAt?: ReplayPhase;
}

/** A report, or an error's name, message and log index; and whether the shares told of each phase went up from 0 to 1. */
export type ReplayingResult = { readonly told: boolean } & Readonly<Record<string, unknown>>;

const library = ProgrammeLibrary.load(PROGRAMMES_FOLDER);

async function sourceOf({ ledger, file, signed = [] }: ReplayingCase): Promise<[ReplaySource, () => Promise<void>]> {
  const store = ledger === undefined ? undefined : openSqliteEventStoreReadOnly(ledger);
  const source = store
    ? await storeSource(store, undefined, undefined)
    : bundleSource(file!, statSync(file!).size, undefined, []);
  const checkpoints = async function* () {
    for (const { size, root } of signed) yield { size: BigInt(size), root: Buffer.from(root, 'hex') };
  };
  return [{ ...source, checkpoints, aboutEvents: Infinity }, async () => store?.close()];
}

async function replayed(one: ReplayingCase, threads: 1 | 2): Promise<ReplayingResult> {
  const { until, programme, now, abortedAt } = one;
  const [source, close] = await sourceOf(one);
  const abort = new AbortController();
  const last = new Map<ReplayPhase, number>();
  let told = true;
  const progress = (phase: ReplayPhase, share: number): void => {
    told &&= share >= (last.get(phase) ?? 0) && share <= 1;
    last.set(phase, share);
    if (phase === abortedAt) abort.abort();
  };
  try {
    const report = await replay(source, { until, programme, library, now, threads, progress, signal: abort.signal });
    return { ...report, told: told && last.get('judging') === 1 };
  } catch (error) {
    const { name, message, logIndex } = error as Error & { logIndex?: bigint };
    return { name, message, logIndex: logIndex === undefined ? null : Number(logIndex), told };
  } finally {
    await close();
  }
}

// Of each thread, taken as it is: the test makes one deaf.
const { value: postMessage } = Object.getOwnPropertyDescriptor(Worker.prototype, 'postMessage') as {
  value: (this: Worker, message: unknown) => void;
};

const results: [one: ReplayingResult, two: ReplayingResult][] = [];
for (const one of JSON.parse(process.argv[2]!) as ReplayingCase[]) {
  Worker.prototype.postMessage = function (this: Worker, message: { kind: string }) {
    if (one.dies === true && message.kind === 'end-of-log') void this.terminate();
    else postMessage.call(this, message);
  };
  results.push([await replayed(one, 1), await replayed(one, 2)]);
}
process.stdout.write(JSON.stringify(results));
