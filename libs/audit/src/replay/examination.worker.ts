import { parentPort } from 'node:worker_threads';
import { TreeFile } from '../tree/tree-file.js';
import { LogExamination } from './log-examination.js';
import { failureOf, type FromExamination, type Signed, type ToExamination } from './replay-messages.js';
import { ReplayPage } from './replay-page.js';
import { VerdictDigest } from './verdict-digest.js';

/** Of the digest, told at most this often, milliseconds. */
const TELLING_MS = 50;

const port = parentPort!;
const post = (message: FromExamination): void => port.postMessage(message);

let examination: LogExamination | undefined;
let tree: TreeFile | undefined;
const digest = new VerdictDigest();
let given: (signed: readonly Signed[]) => void = () => undefined;
/** Messages wait for those before them, but an answer that one of them waits for does not. */
let taken = Promise.resolve();

port.on('message', (message: ToExamination) => {
  if (message.kind === 'checkpoints') given(message.signed);
  else taken = taken.then(() => take(message)).catch((error: unknown) => fail(error));
});

async function take(message: Exclude<ToExamination, { kind: 'checkpoints' }>): Promise<void> {
  switch (message.kind) {
    case 'examine':
      examination = examinationOf(message);
      return;
    case 'page':
      await examination!.take(new ReplayPage(message.first, message.bytes, message.ends, message.share));
      return post({ kind: 'taken' });
    case 'end-of-log':
      post({ kind: 'examined', log: await examination!.finish() });
      tree?.close();
      return;
    case 'verdicts':
      digest.takeLines(message.lines, message.lists);
      return post({ kind: 'taken' });
    case 'end-of-verdicts':
      post({ kind: 'digest', digest: digested() });
      return digest.close();
  }
}

function examinationOf({ origin, stored, onlyRoot }: Extract<ToExamination, { kind: 'examine' }>): LogExamination {
  tree = stored && TreeFile.openReadOnly(stored.dataFolder);
  const storedLeaf = stored && tree?.leavesInOrder(stored.size);
  return new LogExamination({ checkpoints: checkpointsAskedFor(), storedLeaf, origin, onlyRoot });
}

async function* checkpointsAskedFor(): AsyncGenerator<Signed> {
  for (;;) {
    const signed = await new Promise<readonly Signed[]>((resolve) => {
      given = resolve;
      post({ kind: 'checkpoints-wanted' });
    });
    if (signed.length === 0) return;
    yield* signed;
  }
}

function digested(): string {
  const steps = digest.digestByStep();
  let told = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() - told < TELLING_MS) continue;
    told = performance.now();
    post({ kind: 'digested', batches: step.value });
  }
}

/** What comes after it is not looked at. */
function fail(error: unknown): void {
  post({ kind: 'failed', failure: failureOf(error) });
  taken = new Promise(() => undefined);
}
