import { describe, expect, it } from '@jest/globals';
import { type TradeTerms } from '#custody';
import { buildGraph } from '../graph/index.js';
import { buildStanding } from '../standing/index.js';
import { summarised } from '../summaries/testing/summarised.js';
import { ChainWriter, day } from './testing/chain-writer.js';
import { programmeWith } from './testing/programme-files.js';

const programme = programmeWith({ claim: 'trade-terms', parties: ['JP', 'US'] });
const NOW = '2026-01-01';
const FREE: TradeTerms = { exportDuty: false, quantitativeRestriction: false };
const DUTY: TradeTerms = { exportDuty: true, quantitativeRestriction: false };

function world(): ChainWriter {
  const writer = new ChainWriter();
  for (const country of ['JP', 'US', 'KR', 'SG']) writer.open(country, country);
  return writer;
}
/** Mined where it begins, then sent from place to place. */
function sent(
  way: readonly [to: string, terms?: TradeTerms][],
  from = 'US',
  batchId = 'x',
  writer = world(),
): ChainWriter {
  let at = from;
  writer.register('2025-01-01', from, batchId, 1000, { cobalt: 10 });
  way.forEach(([to, tradeTerms], index) => {
    const month = String(index + 2).padStart(2, '0');
    writer.dispatch(`2025-${month}-01`, at, to, batchId, tradeTerms === undefined ? {} : { tradeTerms });
    writer.receive(`2025-${month}-10`, to, at, batchId, 1000);
    at = to;
  });
  return writer;
}
function judged(writer: ChainWriter, batchId = 'x'): [string, string[]] {
  const { verdict, reasons } = writer.ask(programme, batchId, NOW);
  const graph = buildGraph(writer.events, { validAt: day(NOW) });
  const told = summarised(graph, buildStanding(writer.events), [programme], day(NOW)).verdicts.get(batchId);
  expect(told?.[0]?.verdict).toBe(verdict);
  return [verdict, reasons.map(({ because }) => because)];
}

describe('trade-terms through third countries', () => {
  it.each<[string, [string, TradeTerms?][], [string, string[]]]>([
    [
      'a duty on the way out of a party',
      [
        ['KR', DUTY],
        ['JP', FREE],
      ],
      ['broken', ['export-duty']],
    ],
    [
      'a duty on each leg',
      [
        ['KR', DUTY],
        ['JP', DUTY],
      ],
      ['broken', ['export-duty']],
    ],
    [
      'a duty that the third country takes',
      [
        ['KR', FREE],
        ['JP', DUTY],
      ],
      ['holds', []],
    ],
    [
      'two third countries',
      [
        ['KR', DUTY],
        ['SG', FREE],
        ['JP', FREE],
      ],
      ['broken', ['export-duty']],
    ],
    ['no terms on the way out', [['KR'], ['JP', FREE]], ['unproven', ['terms-not-recorded']]],
    ['goods that stay in the third country', [['KR', DUTY]], ['holds', []]],
    [
      'goods that come back',
      [
        ['KR', DUTY],
        ['US', FREE],
      ],
      ['holds', []],
    ],
    [
      'no duty at all',
      [
        ['KR', FREE],
        ['JP', FREE],
      ],
      ['holds', []],
    ],
    [
      'what was exported before it entered',
      [
        ['JP', FREE],
        ['KR', DUTY],
      ],
      ['holds', []],
    ],
    [
      'back to where it came from by way of a third',
      [
        ['JP', FREE],
        ['KR', DUTY],
        ['US', FREE],
      ],
      ['broken', ['export-duty']],
    ],
  ])('%s', (_, way, expected) => {
    expect(judged(sent(way))).toEqual(expected);
  });

  it('follows what became of the goods', () => {
    const writer = sent([['KR', DUTY]]);
    writer.transform('2025-06-01', 'KR', { x: 600 }, { y: [600, { cobalt: 6 }] });
    writer.split('2025-06-02', 'KR', 'x', { z: 100 });
    writer.dispatch('2025-07-01', 'KR', 'JP', 'y', { tradeTerms: FREE });
    writer.receive('2025-07-10', 'JP', 'KR', 'y', 600);
    writer.transform('2025-08-01', 'JP', { y: 600 }, { w: [600, { cobalt: 6 }] });
    expect(judged(writer, 'y')).toEqual(['broken', ['export-duty']]);
    expect(judged(writer, 'w')).toEqual(['broken', ['export-duty']]);
    for (const left of ['x', 'z']) expect(judged(writer, left)).toEqual(['holds', []]);
  });

  it('does not follow a use before the export', () => {
    const writer = world();
    writer.register('2025-01-01', 'US', 'x', 1000, { cobalt: 10 });
    writer.split('2025-01-02', 'US', 'x', { y: 400 });
    writer.dispatch('2025-02-01', 'US', 'KR', 'x', { tradeTerms: DUTY });
    writer.receive('2025-02-10', 'KR', 'US', 'x', 600);
    writer.dispatch('2025-03-01', 'US', 'JP', 'y', { tradeTerms: FREE });
    writer.receive('2025-03-10', 'JP', 'US', 'y', 400);
    expect(judged(writer, 'y')).toEqual(['holds', []]);
  });
});

describe('terms that either side recorded', () => {
  const between = (sender: TradeTerms | undefined, receiver: TradeTerms | undefined): ChainWriter => {
    const writer = world();
    writer.register('2025-01-01', 'US', 'x', 1000, { cobalt: 10 });
    writer.dispatch('2025-02-01', 'US', 'JP', 'x', sender === undefined ? {} : { tradeTerms: sender });
    writer.receive('2025-02-10', 'JP', 'US', 'x', 1000, {}, receiver === undefined ? {} : { tradeTerms: receiver });
    return writer;
  };

  it.each<[TradeTerms | undefined, TradeTerms | undefined, [string, string[]]]>([
    [undefined, undefined, ['unproven', ['terms-not-recorded']]],
    [FREE, undefined, ['holds', []]],
    [undefined, FREE, ['holds', []]],
    [undefined, DUTY, ['broken', ['export-duty']]],
    [DUTY, DUTY, ['broken', ['export-duty']]],
    [FREE, DUTY, ['unproven', ['terms-contradicted']]],
    [DUTY, FREE, ['unproven', ['terms-contradicted']]],
  ])('sender %o, receiver %o', (sender, receiver, expected) => {
    expect(judged(between(sender, receiver))).toEqual(expected);
  });

  it('names of what both recorded both, of a contradiction one', () => {
    const events = (writer: ChainWriter) => writer.ask(programme, 'x', NOW).reasons.map(({ eventIds }) => eventIds);
    expect(events(between(DUTY, DUTY))).toEqual([['e5', 'e6']]);
    expect(events(between(FREE, DUTY))).toEqual([['e5']]);
  });
});

it('what was refused and taken back counts for nothing', () => {
  const writer = world();
  writer.register('2025-01-01', 'US', 'x', 1000, { cobalt: 10 });
  writer.dispatch('2025-02-01', 'US', 'JP', 'x', { tradeTerms: DUTY });
  expect(judged(writer)).toEqual(['broken', ['export-duty']]);
  const shipmentId = 's-x-US-JP';
  writer.write('site-JP', 'ShipmentRefused', '2025-02-05', { shipmentId, reason: 'wet' });
  writer.write('site-US', 'ShipmentReturned', '2025-02-20', { shipmentId, batches: [{ batchId: 'x' }] });
  expect(judged(writer)).toEqual(['holds', []]);
});
