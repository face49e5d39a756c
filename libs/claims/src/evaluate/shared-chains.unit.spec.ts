import { describe, expect, it } from '@jest/globals';
import { buildGraph, createGraph, foldEvent, type BatchNode, type GraphEvent } from '../graph/index.js';
import { CountedNodes, layered } from '../graph/testing/layers.js';
import { timeOf } from '../graph/testing/ledger-writer.js';
import { overRandomLedgers } from '../graph/testing/random-properties.js';
import { parseProgramme, type Programme } from '../programmes/index.js';
import { buildStanding } from '../standing/index.js';
import { Chains } from './chains.js';
import { evaluate, Evaluator } from './evaluate.js';
import { programmeFiles } from './testing/programme-files.js';

const END = timeOf(100_000);

const programmes = [...programmeFiles().values()].map((text): Programme => {
  const parsed = parseProgramme(JSON.parse(text));
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.programme;
});

/** Attestations of some sites, one of them revoked later, in front of the events of a ledger. */
function attested(events: readonly GraphEvent[], siteIds: readonly string[]): GraphEvent[] {
  const [first] = events;
  if (first === undefined) return [];
  const told = siteIds.flatMap((siteId, index) => {
    const stream = `attestation-a${index}`;
    const issued = {
      attestationId: `a${index}`,
      scheme: 'rmap',
      siteId,
      rights: ['child-labour', 'forced-labour'],
      validFrom: timeOf(-1),
      validUntil: timeOf(200_000),
      issuerOrganisationId: 'auditor',
      documentSha256: '0'.repeat(64),
      assurance: 'third-party',
    };
    const revoked = { from: timeOf(20), reason: 'found wanting' };
    const of = (type: string, data: object): GraphEvent => ({ ...first, id: `${stream}-${type}`, stream, type, data });
    return index === 0
      ? [of('AttestationIssued', issued), of('AttestationRevoked', revoked)]
      : [of('AttestationIssued', issued)];
  });
  return [...told, ...events].map((event, logIndex) => ({ ...event, logIndex }));
}

/** Every verdict with its reasons, judged together and each for itself. */
function expectSame(events: readonly GraphEvent[]): void {
  const graph = buildGraph(events);
  const standing = buildStanding(events);
  const chains = new Chains(graph, standing, END);
  const evaluators = programmes.map((programme) => new Evaluator(chains, programme));
  for (const batchId of graph.batches.keys()) {
    for (const [index, programme] of programmes.entries()) {
      const alone = evaluate(graph, standing, programme, { batchId, validAt: END });
      expect(evaluators[index]!.verdictOf(batchId)).toEqual(alone);
    }
  }
}

describe('batches judged together', () => {
  it('are judged as each for itself, with the same reasons in the same order', () => {
    overRandomLedgers(25, 80, (events) => expectSame(attested(events, ['site0', 'site3', 'site5'])));
  });

  it('are so when they come out of transformations of many into many', () => {
    const ledger = layered(6, 3);
    ledger.open('shop', 'trader', 'FI');
    ledger.ship('works', 'shop', [['b3-2', 100]]);
    ledger.split('works', 'b3-4', [['half', 50]]);
    const [, first] = ledger.events;
    ledger.correct(first!, { grossGrams: 60 });
    expectSame(attested(ledger.events, ['works', 'shop']));
  });

  it('of one transformation look at what it was made of once', () => {
    const looksOf = (width: number): number => {
      const batches = new CountedNodes<BatchNode>();
      const graph = { ...createGraph(), batches };
      const { events } = layered(width, 1);
      for (const event of events) foldEvent(graph, event);
      const chains = new Chains(graph, buildStanding(events), END);
      const evaluators = programmes.map((programme) => new Evaluator(chains, programme, { reasons: false }));
      batches.looks = 0;
      for (const batchId of graph.batches.keys()) for (const evaluator of evaluators) evaluator.verdictOf(batchId);
      return batches.looks;
    };
    expect(looksOf(200) / looksOf(50)).toBeLessThan(4.5);
  });
});
