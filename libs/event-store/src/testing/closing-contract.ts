import { describe, expect, it } from '@jest/globals';
import { collect, expectRefusal, freshCategory, freshStream, newEvent } from './contract-events.js';
import { type MakeStore } from './store-under-test.js';

export function closingContract(makeStore: MakeStore): void {
  describe('close', () => {
    it('waits for appends under way, then refuses everything', async () => {
      const { store, dispose } = await makeStore();
      try {
        const underWay = store.append(freshStream(), [newEvent()], 'no-stream');
        await store.close();
        expect(await underWay).toMatchObject({ revision: 0n });
        await expectRefusal(store.append(freshStream(), [newEvent()], 'no-stream'), 'store-closed');
        await expectRefusal(collect(store.readStream(freshStream())), 'store-closed');
        await expectRefusal(collect(store.readAll()), 'store-closed');
        await expectRefusal(store.head(), 'store-closed');
        await expectRefusal(store.last(), 'store-closed');
        await expectRefusal(store.ping(), 'store-closed');
        if (store.records)
          expect(() => store.records?.recordsAt([0n])).toThrow(expect.objectContaining({ code: 'store-closed' }));
        await expect(store.close()).resolves.toBeUndefined();
      } finally {
        await dispose();
      }
    });

    it('ends a subscription that waits', async () => {
      const { store, dispose } = await makeStore();
      try {
        const category = freshCategory();
        await store.append(freshStream(category), [newEvent()], 'no-stream');
        const signal = new AbortController().signal;
        const batches = store.subscribe({ categories: [category], signal })[Symbol.asyncIterator]();
        await batches.next();
        const waiting = expectRefusal(batches.next(), 'store-closed');
        await store.close();
        await waiting;
      } finally {
        await dispose();
      }
    });
  });
}
