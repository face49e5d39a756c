import { describe, expect, it } from '@jest/globals';
import { personasIn } from './personas.js';

const KEY = `lodebook_${'A'.repeat(43)}`;

describe('the personas in an address', () => {
  it('are those that the start of a demonstration printed', () => {
    expect(personasIn(`#/personas?Regulator=${KEY}&Custodian=${KEY}`)).toEqual([
      { name: 'Regulator', key: KEY },
      { name: 'Custodian', key: KEY },
    ]);
  });

  it.each(['', '#/', '#/batches?Regulator=x', '#/personas', `#/personas?<b>=${KEY}`, '#/personas?Regulator=secret'])(
    'are none in %j',
    (hash) => {
      expect(personasIn(hash)).toEqual([]);
    },
  );
});
