import { beforeAll, describe, expect, it } from '@jest/globals';
import { buildGraph, type GraphEvent, type ProvenanceGraph, type TransformationNode } from '#claims';
import { LABEL_CARRIERS, LABEL_CONDITIONS, MINERALS, SITE_COMMAND_KINDS, type Mineral } from '#custody';
import { TIME_PATTERN } from '#vocabulary';
import { InMemoryLedger } from './testing/in-memory-ledger.js';
import { readDemonstration } from './testing/read-demonstration.js';

const lines = readDemonstration();
const DAY_MS = 86_400_000;

/** Mass fractions of the materials as the README cites them, in percent: least and most. */
const GRADES: readonly (readonly [material: string, mineral: Mineral, least: number, most: number])[] = [
  ['spodumene-ore', 'lithium', 0.6, 0.61],
  ['spodumene-concentrate', 'lithium', 2.77, 2.8],
  ['lithium-hydroxide-monohydrate', 'lithium', 16.5, 16.55],
  ['nickel-laterite-ore', 'nickel', 1.2, 1.8],
  ['mixed-hydroxide-precipitate', 'nickel', 35, 40],
  ['mixed-hydroxide-precipitate', 'cobalt', 2, 5],
  ['nickel-sulphate-hexahydrate', 'nickel', 22.15, 22.4],
  ['cobalt-sulphate-heptahydrate', 'cobalt', 20.9, 21],
  ['manganese-ore', 'manganese', 20, 40],
  ['manganese-sulphate-monohydrate', 'manganese', 31.7, 32.1],
  ['black-mass', 'nickel', 15, 25],
  ['black-mass', 'cobalt', 5, 15],
  ['black-mass', 'lithium', 3, 5],
  ['nmc811-precursor', 'nickel', 50.5, 51],
  ['nmc811-cathode-material', 'nickel', 46, 49],
  ['nmc811-cathode-material', 'cobalt', 6, 7.2],
  ['nmc811-cathode-material', 'manganese', 4.9, 6.1],
  ['nmc811-cathode-material', 'lithium', 7.2, 7.6],
  ['nmc622-cathode-material', 'nickel', 35.1, 37.1],
  ['nmc622-cathode-material', 'cobalt', 11.3, 13.3],
  ['nmc622-cathode-material', 'manganese', 10.2, 12.2],
  ['nmc622-cathode-material', 'lithium', 7.2, 7.6],
  ['graphite-concentrate', 'graphite', 94.9, 95.1],
  ['coated-spherical-graphite', 'graphite', 99.94, 99.96],
];

/** What the works yield of what went in, in percent: least and most. */
const YIELDS: readonly (readonly [works: RegExp, material: string, mineral: Mineral, least: number, most: number])[] = [
  [/^wandoo-flotation-/, 'spodumene-concentrate', 'lithium', 55, 75],
  [/^aosora-conversion-/, 'lithium-hydroxide-monohydrate', 'lithium', 85, 92],
  [/^(sagara|tinago)-leach-/, 'mixed-hydroxide-precipitate', 'nickel', 88, 92],
  [/^kitahama-/, 'nickel-sulphate-hexahydrate', 'nickel', 96, 98],
  [/^kitahama-/, 'cobalt-sulphate-heptahydrate', 'cobalt', 95, 97],
  [/^cedar-bend-leach-/, 'cobalt-sulphate-heptahydrate', 'cobalt', 94, 96],
  [/^cedar-bend-leach-/, 'lithium-hydroxide-monohydrate', 'lithium', 80, 90],
  [/^(tallow|nacuale)-flotation-/, 'graphite-concentrate', 'graphite', 91.2, 97.2],
  [/^tallow-anode-/, 'coated-spherical-graphite', 'graphite', 33, 50],
  [/^laoshan-spheronising-/, 'spherical-graphite', 'graphite', 33, 50],
  [/^ironbark-leach-/, 'manganese-sulphate-monohydrate', 'manganese', 94, 96],
];

describe('the demonstration chain', () => {
  const ledger = new InMemoryLedger('2026-11-01T00:00:00.000Z');
  let refused: unknown[];
  let evidence: GraphEvent[];
  let graph: ProvenanceGraph;
  beforeAll(async () => {
    refused = [];
    for (const line of lines) {
      const refusal = await ledger.record(line);
      if (refusal) refused.push({ line: line.idempotencyKey, ...refusal });
    }
    const events = await ledger.events();
    evidence = events.filter(({ type }) => type !== 'IdReserved');
    graph = buildGraph(events);
  });

  it('is accepted, every line', () => {
    expect(refused).toEqual([]);
    expect(evidence).toHaveLength(lines.length);
  });

  it('has at least 25 sites, 150 batches and 600 events over 18 months, and ends before November 2026', () => {
    expect(graph.sites.size).toBeGreaterThanOrEqual(25);
    expect(graph.batches.size).toBeGreaterThanOrEqual(150);
    expect(evidence.length).toBeGreaterThanOrEqual(600);
    const moments = lines.map(({ body }) => body.occurredAt);
    const custody = lines.filter(({ command }) => command === 'batches').map(({ body }) => body.occurredAt);
    const last = moments.at(-1) ?? '';
    expect(Date.parse(last) - Date.parse(custody[0] ?? '')).toBeGreaterThan(18 * 30.5 * DAY_MS);
    expect(last < '2026-11-01').toBe(true);
    expect(moments.filter((moment) => !TIME_PATTERN.test(moment))).toEqual([]);
    expect(moments).toEqual([...moments].sort());
    expect(new Set(lines.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(lines.length);
  });

  it('uses every command on a site, every label carrier and condition', () => {
    const commands = new Set(lines.flatMap(({ site, command }) => (site === undefined ? [] : [command])));
    expect([...commands].sort()).toEqual([...SITE_COMMAND_KINDS].sort());
    const text = JSON.stringify(lines);
    for (const carrier of LABEL_CARRIERS) expect(text).toContain(`"carrier":"${carrier}"`);
    for (const condition of LABEL_CONDITIONS) expect(text).toContain(`"condition":"${condition}"`);
  });

  it('contradicts itself only where a correction says so', () => {
    const anomalies = [...graph.batches.values()].flatMap(({ batchId, anomalies: found }) =>
      found.map(({ code }) => ({ batchId, code })),
    );
    expect(anomalies).toEqual([
      { batchId: 'mn-ore-d', code: 'overdrawn' },
      { batchId: 'spg-c-2', code: 'used-before-arrival' },
    ]);
  });

  it('conserves every mineral in every transformation but the one whose ore was put right', () => {
    const gaining = [...graph.transformations.values()].filter(({ gainGrams }) => Object.keys(gainGrams).length > 0);
    expect(gaining.map(({ transformationId }) => transformationId)).toEqual(['mbali-leach-d']);
    for (const made of graph.transformations.values()) {
      for (const mineral of MINERALS) {
        const out = made.outputs.reduce((sum, { contentGrams }) => sum + (contentGrams[mineral] ?? 0), 0);
        const into = (made.pooledGrams[mineral] ?? 0) + (made.gainGrams[mineral] ?? 0);
        expect({ mineral, grams: into - (made.lossGrams[mineral] ?? 0) }).toEqual({ mineral, grams: out });
      }
    }
  });

  it.each(GRADES)('has the cited grade: %s, %s', (material, mineral, least, most) => {
    const percents = recordedBatches(evidence).flatMap((batch) =>
      batch.material === material ? [(100 * (batch.contentGrams[mineral] ?? 0)) / batch.grossGrams] : [],
    );
    expect(percents.length).toBeGreaterThan(0);
    expect(Math.min(...percents)).toBeGreaterThanOrEqual(least);
    expect(Math.max(...percents)).toBeLessThanOrEqual(most);
  });

  it.each(YIELDS)('has the cited yield: %s to %s, %s', (works, material, mineral, least, most) => {
    const percents = [...graph.transformations.values()].flatMap((made) =>
      works.test(made.transformationId) ? [yieldPercent(made, material, mineral, evidence)] : [],
    );
    expect(percents.length).toBeGreaterThan(0);
    expect(Math.min(...percents)).toBeGreaterThanOrEqual(least);
    expect(Math.max(...percents)).toBeLessThanOrEqual(most);
  });

  it('marks waste that returns to the process that made it', () => {
    const keysOf = (batchId: string): string[] => Object.keys(graph.batches.get(batchId)?.composition.cobalt ?? {});
    const waste = (siteId: string, process: string): string =>
      `ID/manufacturing-waste/${siteId}/${process}/cedar-bend-shredding`;
    const own = waste('great-bend-cell', 'cell');
    expect(keysOf('rec-coso4-2')).toContain(own);
    expect(keysOf('battery-2-b').filter((key) => key.includes('great-bend-cell'))).toEqual([`${own}/returned`]);
    expect(keysOf('battery-2-b')).toContain(waste('hanbit-electrode', 'electrode'));
  });

  it('bears GS1 labels whose check digits are right', () => {
    const values = lines.flatMap(({ command, body }) =>
      command === 'labels' && String(body['standard']).startsWith('gs1-') ? [String(body['value'])] : [],
    );
    const numbers = values.map((value) => /\/01\/(\d{14})\/|^\(00\)(\d{18})$/.exec(value)?.slice(1).join(''));
    expect(numbers.every((digits) => digits !== undefined && gs1Remainder(digits) === 0)).toBe(true);
    expect(numbers.length).toBeGreaterThan(100);
  });
});

interface RecordedBatch {
  batchId: string;
  material: string;
  grossGrams: number;
  contentGrams: Partial<Record<Mineral, number>>;
}

/** Batches as they were first written down. */
function recordedBatches(events: readonly GraphEvent[]): RecordedBatch[] {
  return events.flatMap(({ type, data }) => {
    if (type === 'BatchRegistered') return [data as RecordedBatch];
    return type === 'BatchesTransformed' ? (data as { outputs: RecordedBatch[] }).outputs : [];
  });
}

function yieldPercent(
  { outputs, pooledGrams }: TransformationNode,
  material: string,
  mineral: Mineral,
  events: readonly GraphEvent[],
): number {
  const ofMaterial = new Set(
    recordedBatches(events).flatMap((batch) => (batch.material === material ? [batch.batchId] : [])),
  );
  const grams = outputs.reduce(
    (sum, { batchId, contentGrams }) => sum + (ofMaterial.has(batchId) ? (contentGrams[mineral] ?? 0) : 0),
    0,
  );
  return (100 * grams) / (pooledGrams[mineral] ?? 0);
}

/** GS1 General Specifications, 7.9.1: weights 3 and 1 from the right, the check digit among them. */
function gs1Remainder(digits: string): number {
  const sum = [...digits]
    .reverse()
    .reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
  return sum % 10;
}
