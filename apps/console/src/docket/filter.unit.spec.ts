import { describe, expect, it } from '@jest/globals';
import { NO_FILTER, passing, type Filter, type Filtered } from './filter.js';

const ENTRIES: readonly Filtered[] = [
  {
    concernId: 'river',
    siteId: 'pit',
    status: 'raised',
    kinds: ['environment'],
    rights: ['water'],
    country: 'CL',
    summary: 'Discoloured water below a mine',
  },
  { concernId: 'shift', siteId: 'works', status: 'closed', kinds: ['labour', 'conduct'], rights: ['forced-labour'] },
];

describe('a filter of concerns', () => {
  it.each<[string, Partial<Filter>, string[]]>([
    ['nothing', {}, ['river', 'shift']],
    ['a state', { status: 'closed' }, ['shift']],
    ['a kind', { kind: 'labour' }, ['shift']],
    ['both, which nothing has', { kind: 'labour', status: 'raised' }, []],
    ['a word of the summary', { text: 'MINE' }, ['river']],
    ['a country by its name', { text: 'chile' }, ['river']],
    ['a subject as it is read, and a site', { text: 'forced labour works' }, ['shift']],
    ['words of two concerns', { text: 'pit shift' }, []],
  ])('lets through by %s', (_, filter, ids) => {
    expect(passing(ENTRIES, { ...NO_FILTER, ...filter }).map(({ concernId }) => concernId)).toEqual(ids);
  });
});
