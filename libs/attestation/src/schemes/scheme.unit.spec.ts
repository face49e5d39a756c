import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ATTESTED_CRITERIA } from '../terms.js';
import { parseScheme } from './scheme.js';

const FOLDER = new URL('../../schemes/', import.meta.url);
const scheme = {
  id: 'audit-2026',
  title: 'Audit',
  source: 'https://example.org/',
  assurance: 'third-party',
  covers: ['water', 'site-facts'],
  longestValidityMonths: 12,
  longestBackdatingMonths: 0,
};
const problemsOf = (json: unknown): string[] => {
  const read = parseScheme(json);
  return 'problems' in read ? read.problems.map(({ path, message }) => `${path}: ${message}`) : [];
};

describe('the scheme files', () => {
  const files = readdirSync(FOLDER);
  const read = files.map((name) => parseScheme(JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'))));

  it.each(files.map((name, index) => [name, read[index]] as const))(
    '%s is one, named as it names itself',
    (name, it) => {
      expect(it).toMatchObject({ scheme: { id: name.replace(/\.json$/, '') } });
    },
  );

  it('cover every right and criterion by somebody independent', () => {
    const covered = read.flatMap((each) =>
      'scheme' in each && each.scheme.assurance === 'third-party' ? each.scheme.covers : [],
    );
    expect(new Set(covered)).toEqual(new Set(ATTESTED_CRITERIA));
  });
});

describe('a scheme', () => {
  it('is read as it stands', () => {
    expect(parseScheme(scheme)).toEqual({ scheme });
  });

  it.each([
    ['id', 'Audit 2026'],
    ['title', ''],
    ['source', 'http://example.org/'],
    ['assurance', 'fourth-party'],
    ['covers', []],
    ['longestValidityMonths', 0],
    ['longestValidityMonths', 1.5],
    ['longestBackdatingMonths', -1],
  ])('is refused for a wrong %s: %j', (field, value) => {
    expect(problemsOf({ ...scheme, [field]: value })).toEqual([expect.stringMatching(new RegExp(`^${field}`))]);
    expect(problemsOf({ ...scheme, [field]: undefined })).toHaveLength(1);
  });

  it('lists every problem with its path', () => {
    const wrong = { ...scheme, covers: ['water', 'kindness', 'water'], longestValidity: 3, assurance: 'self-made' };
    expect(problemsOf(wrong)).toEqual([
      'assurance: must be one of third-party, second-party, self',
      'covers[1]: is no right or criterion',
      'covers[2]: is repeated',
      'longestValidity: is unknown',
    ]);
    expect(problemsOf([])).toEqual([': must be an object']);
  });
});
