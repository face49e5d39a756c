import { describe, expect, it } from '@jest/globals';
import { Chains, Evaluator, type ClaimLine, type EvaluatorOptions } from '../evaluate/index.js';
import { programmeFiles } from '../evaluate/testing/programme-files.js';
import { buildGraph, type GraphEvent } from '../graph/index.js';
import { timeOf } from '../graph/testing/ledger-writer.js';
import { overRandomLedgers } from '../graph/testing/random-properties.js';
import { parseProgramme, type Programme } from '../programmes/index.js';
import { buildStanding } from '../standing/index.js';
import { randomNumbers, withStanding } from '../../../read-model/src/testing/with-standing.js';
import { programmeOfControl, programmeOfVouching } from '../../../read-model/src/testing/programmes.js';
import { summarised } from './testing/summarised.js';

const END = timeOf(2_000_000);

const programmes = [
  ...[...programmeFiles().values()].map((text): Programme => {
    const parsed = parseProgramme(JSON.parse(text));
    if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
    return parsed.programme;
  }),
  programmeOfControl(),
  programmeOfVouching(),
];

/** Events as a log has them: by place. */
function placed(events: readonly GraphEvent[]): GraphEvent[] {
  return events.map((event, logIndex) => ({ ...event, logIndex }));
}

/** A line that was judged, as it is where nothing is measured; of others the threshold is not measured on the batch. */
function withoutMeasures(line: ClaimLine): Partial<ClaimLine> {
  if (!['holds', 'broken', 'unproven'].includes(line.verdict)) return line;
  const { claim, mineral, right, document, verdict, citation, act, indicative } = line;
  const bare = { claim, mineral, right, document, verdict, citation, act, indicative };
  return Object.fromEntries(Object.entries(bare).filter(([, value]) => value !== undefined));
}

/**
 * Verdict, claims and until when they stand, of every batch under every programme.
 * @returns of how many batches a summary told, and of how many only the whole chain would
 */
function expectSame(events: readonly GraphEvent[], validAt: string): { told: number; untold: number } {
  const standing = buildStanding(events);
  const { verdicts, measured } = summarised(buildGraph(events), standing, programmes, validAt);
  const graph = buildGraph(events, { validAt });
  const evaluatorsOf = (options: EvaluatorOptions): Evaluator[] =>
    programmes.map((programme) => new Evaluator(new Chains(graph, standing, validAt), programme, options));
  const bare = evaluatorsOf({ reasons: false, measures: false });
  const measuring = evaluatorsOf({ reasons: false });
  let told = 0;
  for (const [batchId, summary] of verdicts) {
    if (summary === undefined) continue;
    told++;
    expect([batchId, summary]).toEqual([batchId, bare.map((each) => each.verdictOf(batchId))]);
    const measures = measuring.map((each) => each.verdictOf(batchId));
    expect([batchId, measured.get(batchId)]).toEqual([batchId, measures]);
    expect(summary.map(({ claims }) => claims)).toEqual(
      measures.map((verdict) => verdict?.claims.map(withoutMeasures)),
    );
  }
  return { told, untold: verdicts.size - told };
}

describe('Verdicts from summaries', () => {
  it('are those of the evaluator, over random ledgers with corrections', () => {
    let [told, untold] = [0, 0];
    overRandomLedgers(60, 120, (events, seed) => {
      const found = expectSame(placed(withStanding(events, randomNumbers(seed))), END);
      told += found.told;
      untold += found.untold;
    });
    // Seldom is a chain such that only walking through it tells.
    expect(told).toBeGreaterThan(10 * untold);
  });

  it('have all their reasons where they are given with reasons, rule by rule', () => {
    // In a whole programme nearly every batch made of others breaks some rule further upstream, which hides the other rules.
    const ofOneRule = programmes.flatMap((programme) =>
      programme.rules.map((rule) => ({ ...programme, rules: [rule] })),
    );
    const explainedOf = new Map<string, number>();
    const isExplained = (events: GraphEvent[], seed: number): void => {
      const strewn = placed(withStanding(events, randomNumbers(seed)));
      const [graph, standing] = [buildGraph(strewn), buildStanding(strewn)];
      const { explained } = summarised(graph, standing, programmes, END);
      const chains = new Chains(graph, standing, END);
      for (const programme of ofOneRule) {
        const evaluator = new Evaluator(chains, programme);
        for (const { batchId, bornBy } of graph.batches.values()) {
          const verdict = explained(batchId, programme);
          if (verdict === undefined) continue;
          expect(verdict).toEqual(evaluator.verdictOf(batchId));
          const isMade = bornBy !== undefined && bornBy.kind !== 'registered';
          const { claim } = programme.rules[0]!;
          if (isMade && verdict.reasons.length > 0) explainedOf.set(claim, (explainedOf.get(claim) ?? 0) + 1);
        }
      }
    };
    // A recycler upstream whom nobody vouches for: trade terms rest on it.
    overRandomLedgers(12, 80, isExplained, [{ seed: 2_147_483_625, length: 63 }]);
    // Of batches made of others: some reasons lie in the batch itself, but never those of a share.
    for (const claim of ['labelling', 'labour', 'control']) expect(explainedOf.get(claim)).toBeGreaterThan(0);
    for (const claim of ['origin', 'recycled-content', 'recycled-declared']) expect(explainedOf.has(claim)).toBe(false);
  });

  it('are so while some of what is recorded has yet to occur', () => {
    let told = 0;
    overRandomLedgers(60, 80, (events, seed) => {
      const strewn = placed(withStanding(events, randomNumbers(seed)));
      told += expectSame(strewn, timeOf(Math.floor(events.length * 0.8))).told;
    });
    expect(told).toBeGreaterThan(100);
  });
});
