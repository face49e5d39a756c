import { describe, expect, it } from '@jest/globals';
import { batchIdIn, isSerialised } from './digital-link.js';

describe('what a reader typed or scanned', () => {
  it.each([
    ['https://id.example.org/01/09521234543213/10/anode-b', 'anode-b'],
    ['https://id.gs1.org/01/09521234543213/10/ABC%2F1/21/7?17=271231', 'ABC/1'],
    ['http://example.org/shop/01/09521234543213/10/spg-c-3', 'spg-c-3'],
    ['  anode-b ', 'anode-b'],
    ['lot:10/7', 'lot:10/7'],
    ['https://id.example.org/01/09521234543213/21/serial', 'https://id.example.org/01/09521234543213/21/serial'],
    ['https://id.example.org/01/09521234543213/10/%', '%'],
    ['', ''],
  ])('%j is the batch %j', (text, batchId) => {
    expect(batchIdIn(text)).toBe(batchId);
  });
});

describe('the product that a text names', () => {
  it.each([
    ['https://id.example.org/01/09521234543213/21/PK-1', true],
    ['https://id.example.org/p/01/09521234543213/10/LOT/21/PK-1?x=1', true],
    ['01/09521234543213/21/PK-1', true],
    ['(01)09521234543213(21)PK-1', true],
    ['(01)09521234543213(10)LOT(21)PK-1', true],
    ['https://id.example.org/01/09521234543213/10/LOT', false],
    ['https://id.example.org/01/09521234543213/21/', false],
    ['(01)09521234543213(10)LOT', false],
    ['1GBPK60E0TB000001', false],
  ])('has a serial number: %s %s', (text, expected) => {
    expect(isSerialised(text)).toBe(expected);
  });
});
