import { describe, expect, it } from '@jest/globals';
import { withViews } from '../testing/views-folder.js';
import { UnjudgedWriter } from '../views/unjudged-writer.js';
import { Backlog } from './backlog.js';

describe('What is left to judge', () => {
  it('is told while it is worked on, and that it is done, once', async () => {
    await withViews(async (views) => {
      const mark = (id: string) => ({ batch_id: id, since: 0, last: 0, spread: 1, organisation_id: 'o', anew: 0 });
      await new UnjudgedWriter(views.writer).add(views.writer, ['a', 'b', 'c'].map(mark));
      const told: unknown[] = [];
      const backlog = new Backlog(views, (...said) => told.push(said), 0);
      await backlog.goesOn();
      await views.writer.deleteFrom('unjudged').where('batch_id', '=', 'a').execute();
      await backlog.goesOn();
      backlog.isOver();
      backlog.isOver();
      expect(told).toEqual([
        ['info', 'batches are being judged', { left: 3, seconds: 0 }],
        ['info', 'batches are being judged', { left: 2, seconds: 0 }],
        ['info', 'all batches are judged', { seconds: 0 }],
      ]);
    });
  });

  it('is not told of where it is soon done', async () => {
    await withViews(async (views) => {
      const told: unknown[] = [];
      const backlog = new Backlog(views, (...said) => told.push(said));
      await backlog.goesOn();
      backlog.isOver();
      expect(told).toEqual([]);
    });
  });
});
