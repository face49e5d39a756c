import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { LEDGER_FILE, openSqliteEventStoreReadOnly } from '#event-store';
import { replay, storeSource, type ReplayReport } from '#audit';
import { PROGRAMMES_FOLDER, ProgrammeLibrary } from '#programmes';
import { mergedDigest, type JudgedShare } from '../../libs/audit/src/replay/merged-digest.js';
import { run, temporaryFolder } from '../harness/cli.js';

/** So many that a thread is worth its start. */
const EVENTS = 24_000;
const library = ProgrammeLibrary.load(PROGRAMMES_FOLDER);
const NOW = '2030-01-01T00:00:00.000Z';
const HANGS_MS = 240_000;
const HELPER_OF_BUILD = new URL('../../dist/libs/audit/src/replay/judging.worker.js', import.meta.url);

type Judged = Pick<JudgedShare, 'lists' | 'isInUnits'> & { readonly kind: 'judged'; readonly batches: number };
interface Page {
  readonly kind: 'page';
  readonly page: Awaited<ReturnType<JudgedShare['page']>>;
}

async function answered<M extends Judged | Page>(helper: Worker, kind: M['kind']): Promise<M> {
  const [message] = (await once(helper, 'message')) as [M];
  expect(message.kind).toBe(kind);
  return message;
}

describe('a replay that a second thread helps', () => {
  let folder: string;
  let path: string;
  beforeAll(async () => {
    folder = await temporaryFolder();
    path = join(folder, LEDGER_FILE);
    const made = await run(['bench', 'generate', '--events', String(EVENTS), '--chain', '300', '--out', folder]);
    expect(made).toMatchObject({ code: 0 });
  }, HANGS_MS);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function replayed(isHelped: boolean, shares: number[] = []): Promise<ReplayReport> {
    const store = openSqliteEventStoreReadOnly(path);
    try {
      const source = await storeSource(store, undefined, undefined, undefined, path);
      const progress = (_: unknown, share: number): unknown => shares.push(share);
      return await replay(source, { library, programme: 'oecd-due-diligence', now: NOW, isHelped, progress });
    } finally {
      await store.close();
    }
  }

  it(
    'comes to the same report, as the command does, and one whose helper cannot begin too',
    async () => {
      const shares: number[] = [];
      const alone = await replayed(false, shares);
      expect(alone.events).toBe(EVENTS);
      expect(Math.max(...shares)).toBeLessThanOrEqual(1);
      // Here the sources run, and there is no build of the thread beside them: it ends as it begins.
      expect(await replayed(true)).toEqual(alone);
      const command = await run(['replay', '--json', '--programme', 'oecd-due-diligence'], { LODEBOOK_DATA: folder });
      expect(JSON.parse(command.stdout)).toEqual(alone);
    },
    HANGS_MS,
  );

  it(
    'is helped to what one thread comes to: the helper judges every batch that nobody else takes',
    async () => {
      const alone = await replayed(false);
      const store = openSqliteEventStoreReadOnly(path);
      const head = (await store.head())!;
      await store.close();
      const { programmes } = library;
      const request = { until: undefined, programme: 'oecd-due-diligence', now: NOW };
      const workerData = { log: { path, head }, request, programmes, work: new SharedArrayBuffer(2 ** 20) };
      const helper = new Worker(HELPER_OF_BUILD, { workerData });
      try {
        const { batches, lists, isInUnits } = await answered<Judged>(helper, 'judged');
        expect(batches).toBe(alone.batches);
        const page = async (): Promise<Page['page']> => {
          helper.postMessage('page');
          return (await answered<Page>(helper, 'page')).page;
        };
        const share = { lists, isInUnits, page };
        expect(await mergedDigest([share], () => Promise.resolve())).toBe(alone.digest);
      } finally {
        await helper.terminate();
      }
    },
    HANGS_MS,
  );
});
