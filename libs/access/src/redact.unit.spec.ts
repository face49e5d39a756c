import { describe, expect, it } from '@jest/globals';
import { idOf, list, organisationRef, plain, shape, text, withheld, type Shape } from './redaction-parts.js';
import { redact, refsOf, type Names } from './redact.js';
import { isPseudonym, Pseudonyms } from './pseudonyms.js';

interface Told {
  owner: string;
  words: string;
  place?: string;
  grams: number;
  batches: { batchId: string }[];
}
const TOLD: Shape<Told> = shape(
  {
    owner: idOf('organisation'),
    words: text,
    place: withheld(text),
    grams: plain,
    batches: list(shape({ batchId: idOf('batch') }), ({ batchId }: { batchId: string }) => batchId),
  },
  ({ owner }: Told) => [organisationRef(owner)],
);
const told: Told = {
  owner: 'acme',
  words: 'hush',
  place: 'here',
  grams: 5,
  batches: [{ batchId: 'a' }, { batchId: 'b' }],
};
const knowing = (...known: string[]): Names => ({
  named: ({ kind, id }) => known.includes(`${kind} ${id}`),
  sees: (batchId) => batchId === 'a',
  pseudonym: (kind) => `${kind}~`,
});

describe('redact', () => {
  it('shows by name what is known, and of lists what is seen', () => {
    expect(redact(TOLD, told, knowing('organisation acme', 'batch a'))).toEqual({
      ...told,
      batches: [{ batchId: 'a' }],
    });
  });

  it('replaces ids and texts of whom is not known, and leaves out what nobody said may be shown', () => {
    const more = { ...told, secret: 'new' };
    expect(redact(TOLD, more, knowing())).toEqual({
      owner: 'organisation~',
      words: '~',
      grams: 5,
      batches: [{ batchId: 'batch~' }],
    });
  });

  it('tells before what it must know', () => {
    const refs = refsOf(TOLD, told).map(({ kind, id }) => `${kind} ${id}`);
    expect(refs.toSorted()).toEqual(['batch a', 'batch b', 'organisation acme']);
  });
});

describe('pseudonyms', () => {
  const pseudonyms = new Pseudonyms(new Uint8Array(32).fill(7));

  it('are the same for the same reader, kind and id, and others for any other', () => {
    const one = pseudonyms.of('reader', 'batch', 'ore');
    expect(one).toBe(new Pseudonyms(new Uint8Array(32).fill(7)).of('reader', 'batch', 'ore'));
    expect(isPseudonym('batch', one)).toBe(true);
    expect(isPseudonym('site', one)).toBe(false);
    const others = [
      pseudonyms.of('other', 'batch', 'ore'),
      pseudonyms.of('reader', 'site', 'ore'),
      pseudonyms.of('reader', 'batch', 'or'),
      pseudonyms.of('readerb', 'batch', 'ore'),
      new Pseudonyms(new Uint8Array(32)).of('reader', 'batch', 'ore'),
    ].map((each) => each.split('~')[1]);
    expect(new Set([one.split('~')[1], ...others]).size).toBe(6);
  });
});
