import { afterEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { ReadModelProgress, VerdictProgress } from '#read-model';
import { Readiness } from './readiness.js';

/** A log of evidence up to position 8 with a checkpoint behind it, at 9. */
const HEAD = 9n;

class Tables extends ReadModelProgress {
  position: bigint | undefined = undefined;
  logSize = 0;
  isFilled = false;
  readonly running = true;
  waitFor = (position: bigint): Promise<boolean> =>
    Promise.resolve(position <= HEAD && this.logSize >= 7 && this.isFilled);
  eventsBehind = (): Promise<number> => Promise.resolve(7 - this.logSize);
}
class Verdicts extends VerdictProgress {
  judgedUpTo = -1;
  waitFor = (): Promise<boolean> => Promise.resolve(false);
}

describe('readiness', () => {
  let readiness: Readiness | undefined;
  afterEach(() => readiness?.stop());
  const started = async (head: bigint | undefined) => {
    const tables = new Tables();
    const verdicts = new Verdicts();
    const tree = { size: 0n };
    readiness = await Readiness.watch({
      store: { head: () => Promise.resolve(head) },
      projector: tables,
      verdicts,
      treeSize: () => tree.size,
      log: pino({ level: 'silent' }),
    });
    return { readiness, tables, verdicts, tree };
  };
  const whatIsMissing = (): string[] => readiness!.missing.map(({ what, at, of }) => `${what} ${at} ${of}`);
  const eventually = async (missing: string[]): Promise<void> => {
    for (let tries = 0; tries < 500 && whatIsMissing().join() !== missing.join(); tries++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(whatIsMissing()).toEqual(missing);
  };

  it('is there at once on an empty log', async () => {
    await started(undefined);
    expect(whatIsMissing()).toEqual([]);
  });

  it('names what has not caught up with the log as it was at the start, one after the other', async () => {
    const { tables, verdicts, tree } = await started(HEAD);
    expect(whatIsMissing()).toEqual(['tables null 9', 'verdicts 0 null']);
    Object.assign(tables, { position: 5n, logSize: 4 });
    expect(whatIsMissing()).toEqual(['tables 5 9', 'verdicts 0 null']);
    Object.assign(tables, { position: HEAD, logSize: 7 });
    expect(whatIsMissing()).toEqual(['tables 9 9', 'verdicts 0 null']); // their indexes
    Object.assign(tables, { position: 8n, isFilled: true });
    await eventually(['verdicts 0 7', 'tree 0 7']);
    verdicts.judgedUpTo = 5;
    tree.size = 7n;
    expect(whatIsMissing()).toEqual(['verdicts 6 7']);
    verdicts.judgedUpTo = 6;
    expect(whatIsMissing()).toEqual([]);
  });

  it('is not lost again to what is recorded later', async () => {
    const { tables, verdicts, tree } = await started(HEAD);
    Object.assign(tables, { position: 8n, logSize: 7, isFilled: true });
    verdicts.judgedUpTo = 6;
    tree.size = 7n;
    await eventually([]);
    verdicts.judgedUpTo = -1;
    expect(whatIsMissing()).toEqual([]);
  });
});
