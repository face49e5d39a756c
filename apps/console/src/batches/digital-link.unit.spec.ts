import { describe, expect, it } from '@jest/globals';
import { batchIdIn } from './digital-link.js';

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
