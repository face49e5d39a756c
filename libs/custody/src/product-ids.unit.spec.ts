import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { runs } from '../../../test/properties/runs.js';
import { hasCheckDigit, readProductId } from './product-ids.js';

const CANONICAL = 'https://id.gs1.org/01/09521234543213/21/PK-1';

describe('the id of a product', () => {
  it.each([
    CANONICAL,
    '01/09521234543213/21/PK-1',
    '/01/9521234543213/21/PK-1',
    'https://battery.example/passports/01/09521234543213/21/PK-1?linkType=gs1:pip#x',
    'https://id.example.org/01/09521234543213/22/2A/10/LOT7/21/PK-1',
    'HTTPS://ID.EXAMPLE.ORG/01/09521234543213/21/PK-1',
    '(01)09521234543213(21)PK-1',
    '(01)09521234543213(10)LOT7(21)PK-1',
  ])('is one in all forms of a GTIN with its serial number: %s', (text) => {
    expect(readProductId(text)).toEqual({
      form: 'gs1',
      id: CANONICAL,
      of: { gtin: '09521234543213', serial: 'PK-1' },
    });
  });

  it.each(['WVWZZZ1KZAW000001', 'pack-17', '01/abc/21/1', '9521234543213', '0952123454321321PK-1'])(
    'is any other text as it stands: %s',
    (text) => {
      expect(readProductId(text)).toEqual({ form: 'other', id: text });
    },
  );

  it.each([
    ['01/09521234543214/21/1', 'check digit'],
    ['01/09521234543213/21/123456789012345678901', 'serial number'],
    ['01/09521234543213/21/%E4%BA%BA', 'serial number'],
    ['01/09521234543213/21/%', 'serial number'],
  ])('is none that means to be a GTIN and cannot be: %s', (text, problem) => {
    expect(readProductId(text)).toEqual({ form: 'not-gs1', problem: expect.stringContaining(problem) });
  });

  it('is read back from its canonical form, and one digit amiss is seen', () => {
    const digits = fc.stringMatching(/^\d{13}$/).map((thirteen) => {
      const check = [...'0123456789'].find((digit) => hasCheckDigit(thirteen + digit))!;
      return thirteen + check;
    });
    const serials = fc.stringMatching(/^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}$/);
    fc.assert(
      fc.property(digits, serials, fc.nat(13), fc.integer({ min: 1, max: 9 }), (gtin, serial, place, shift) => {
        const read = readProductId(`01/${gtin}/21/${encodeURIComponent(serial)}`);
        expect(read).toMatchObject({ form: 'gs1', of: { gtin, serial } });
        expect(readProductId((read as { id: string }).id)).toEqual(read);
        const other = String((Number(gtin[place]) + shift) % 10);
        const amiss = gtin.slice(0, place) + other + gtin.slice(place + 1);
        expect(readProductId(`01/${amiss}/21/1`).form).toBe('not-gs1');
      }),
      runs(200),
    );
  });
});
