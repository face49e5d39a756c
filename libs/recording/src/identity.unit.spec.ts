import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { v4, v5 } from 'uuid';
import { uuidV5 } from './identity.js';

describe('A derived id', () => {
  it('is that of RFC 9562, appendix A.4', () => {
    expect(uuidV5('www.example.com', '6ba7b810-9dad-11d1-80b4-00c04fd430c8')).toBe(
      '2ed6657d-e927-568b-95e1-2665a8aea6a2',
    );
  });

  it('is what another implementation derives', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.constantFrom(...Array.from({ length: 20 }, () => v4())),
        (name, namespace) => {
          expect(uuidV5(name, namespace)).toBe(v5(name, namespace));
        },
      ),
    );
  });
});
