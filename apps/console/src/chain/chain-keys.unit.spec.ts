import { describe, expect, it } from '@jest/globals';
import { nodeBeside } from './chain-keys.js';
import { type ChainFlow, type ChainLayout, type ChainNode } from './chain-layout.js';

const node = (key: string, column: number): ChainNode => ({
  key,
  column,
  by: 'batch',
  batchIds: [key],
  material: 'ore',
  siteId: undefined,
  organisationId: undefined,
  country: undefined,
  process: undefined,
  from: undefined,
  until: undefined,
  grossGrams: 1,
  x: 0,
  y: 0,
  width: 1,
  height: 1,
});
const [ore, scrap, powder, cell] = [node('ore', 0), node('scrap', 0), node('powder', 1), node('cell', 2)];
const flow = (from: ChainNode, to: ChainNode, width: number): ChainFlow => {
  return { key: `${from.key} ${to.key}`, from, to, width, grossGrams: width, process: 'milling', fromY: 0, toY: 0 };
};
const LAYOUT: ChainLayout = {
  by: 'batch',
  nodes: [ore, scrap, powder, cell],
  flows: [flow(ore, powder, 1), flow(scrap, powder, 5), flow(powder, cell, 5)],
  columns: 3,
  width: 1,
  height: 1,
};

describe('the keyboard in a chain', () => {
  it.each([
    [powder, 'ArrowLeft', scrap],
    [powder, 'ArrowRight', cell],
    [ore, 'ArrowDown', scrap],
    [scrap, 'ArrowUp', ore],
    [powder, 'Home', ore],
    [ore, 'End', cell],
    [cell, 'ArrowRight', undefined],
    [ore, 'ArrowLeft', undefined],
    // The next of the list is of another column.
    [scrap, 'ArrowDown', undefined],
    [ore, 'ArrowUp', undefined],
    [ore, 'x', undefined],
  ])('goes from $key by %s', (from, key, to) => {
    expect(nodeBeside(LAYOUT, from, key)?.key).toBe(to?.key);
  });
});
