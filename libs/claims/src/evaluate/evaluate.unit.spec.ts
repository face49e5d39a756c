import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildGraph, type GraphEvent } from '../graph/index.js';
import { overRandomLedgers } from '../graph/testing/random-properties.js';
import { parseProgramme, type Programme } from '../programmes/index.js';
import { buildStanding } from '../standing/index.js';
import { ISO_14021 } from './counted-content.js';
import { evaluate } from './evaluate.js';
import { ChainWriter, day, verdictFrom } from './testing/chain-writer.js';
import { programmeFiles, programmeOf, programmeWith } from './testing/programme-files.js';
import { BEGINNING, randomChain, SITES } from './testing/random-chain.js';
import { type ClaimLine, type ClaimsVerdict, type Reason } from './verdict.types.js';
import { runs } from '../../../../test/properties/runs.js';

const RIGHTS = ['forced-labour', 'child-labour'] as const;
const everything = programmeWith(
  { claim: 'recycled-content', thresholds: { cobalt: '0.16', nickel: '0.5' }, counts: ISO_14021 },
  { claim: 'recycled-declared', minerals: ['lithium'], counts: ISO_14021 },
  { claim: 'labelling', on: 'chain', acceptedStandards: ['gs1-128'] },
  { claim: 'labour', rights: [...RIGHTS], evidence: 'attestations' },
  { claim: 'custody' },
  { claim: 'mass-balance' },
  { claim: 'chain-of-custody' },
  { claim: 'origin', minerals: ['cobalt', 'nickel'], countries: ['US'], threshold: '0.5' },
  { claim: 'trade-terms', parties: ['US', 'JP'] },
  { claim: 'environment', criteria: ['water'] },
);
const programmes: Programme[] = [
  everything,
  ...[...programmeFiles().values()].flatMap((text) => {
    const read = parseProgramme(JSON.parse(text));
    return 'programme' in read ? [read.programme] : [];
  }),
];
const RANK = ['broken', 'unproven', 'holds'];

/** Reasons for what does not hold, of its own verdict, and for nothing else. Rules on one subject share theirs. */
function areExplained(claims: readonly ClaimLine[], reasons: readonly Reason[]): boolean {
  const told = (of: readonly (ClaimLine | Reason)[]): Set<string> =>
    new Set(
      of.flatMap(({ claim, mineral, right, document, verdict }) =>
        verdict === 'broken' || verdict === 'unproven' ? [[claim, mineral, right, document, verdict].join(' ')] : [],
      ),
    );
  return [...told(claims)].sort().join() === [...told(reasons)].sort().join();
}

/** What must hold for every answer, whatever the events say. */
function expectSound(events: readonly GraphEvent[], validAt: string): void {
  const graph = buildGraph(events, { validAt });
  const standing = buildStanding(events);
  const known = new Set(events.map(({ id }) => id));
  const unsound: unknown[] = [];
  for (const batchId of graph.batches.keys()) {
    for (const programme of programmes) {
      const answer = evaluate(graph, standing, programme, { batchId, validAt, indicative: true });
      if (answer === undefined || !isSound(answer, known)) unsound.push({ batchId, programme: programme.id, answer });
    }
  }
  // Once a ledger: an expectation for each answer would take longer than the answers.
  expect(unsound).toEqual([]);
}

function isSound({ verdict, claims, reasons, validAt, standsUntil }: ClaimsVerdict, known: Set<string>): boolean {
  const worst = RANK.find((each) => claims.some((claim) => claim.verdict === each));
  return (
    (worst === undefined ? ['not-in-force', 'undetermined', 'out-of-scope'].includes(verdict) : verdict === worst) &&
    areExplained(claims, reasons) &&
    reasons.every(({ eventIds }) => eventIds.every((eventId) => known.has(eventId))) &&
    (standsUntil === undefined || standsUntil > validAt)
  );
}

describe('evaluate', () => {
  it('answers soundly on random ledgers, corrected until they contradict themselves', () => {
    overRandomLedgers(runs(15).numRuns, 40, (events) => expectSound(events, '2027-01-01T00:00:00.000Z'));
  });

  it('never throws, whatever events are folded', () => {
    const junk = fc.oneof(
      fc.constantFrom<unknown>('x', 'y', 's0', '', 0, -1, 0.5, null, [], {}, 'extracted', 'intact'),
      fc.jsonValue(),
    );
    const fields = [
      'batchId',
      'siteId',
      'attestationId',
      'concernId',
      'rights',
      'validFrom',
      'validUntil',
      'from',
      'until',
      'substantiated',
      'inputs',
      'outputs',
      'batches',
      'parts',
      'contentGrams',
      'grossGrams',
      'origin',
      'eventId',
      'replacement',
      'scheme',
      'issuerOrganisationId',
    ];
    const types = [
      'SiteOpened',
      'BatchRegistered',
      'BatchesTransformed',
      'BatchSplit',
      'BatchesDispatched',
      'BatchesReceived',
      'RecordCorrected',
      'AttestationIssued',
      'AttestationSuspended',
      'AttestationReinstated',
      'AttestationRevoked',
      'ConcernRaised',
      'InvestigationOpened',
      'FindingRecorded',
      'RemediationAccepted',
      'ConcernClosed',
      'Unheard',
    ];
    const event = fc.record({
      type: fc.constantFrom(...types),
      stream: fc.constantFrom('site-s0', 'site-s1', 'attestation-x', 'concern-y', 'attestation-', 'other'),
      data: fc.oneof(fc.dictionary(fc.constantFrom(...fields), junk), junk),
      occurredAt: fc.constantFrom('', '2025-01-01T00:00:00.000Z', 'tomorrow', '9999-12-31T23:59:59.999Z'),
    });
    fc.assert(
      fc.property(randomChain(6), fc.array(event, { maxLength: 20 }), ({ writer, end }, noise) => {
        writer.attest('2025-01-01', 'x', 's0', ['child-labour'], '2024-01-01', '2026-01-01');
        writer.raise('2025-01-01', 'y', 's0', ['child-labour']);
        const metadata = { commandId: '', actor: { principal: '' }, recordedAt: end, schemaVersion: 1 };
        const events = [
          ...writer.events,
          ...noise.map(({ type, stream, data, occurredAt }, index) => {
            const logIndex = writer.events.length + index;
            return {
              id: `e${logIndex}`,
              stream,
              revision: 0n,
              type,
              data,
              metadata: { ...metadata, occurredAt },
              logIndex,
            };
          }),
        ];
        expectSound(events, end);
      }),
      runs(30),
    );
  });

  it('stands as it is until the moment it names', () => {
    const at = (hours: number): string => new Date(BEGINNING + hours * 3_600_000).toISOString();
    const span = fc.record({
      site: fc.constantFrom(...SITES),
      from: fc.integer({ min: -10, max: 900 }),
      length: fc.integer({ min: 1, max: 900 }),
    });
    fc.assert(
      fc.property(
        randomChain(8),
        fc.array(span, { maxLength: 8 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        ({ writer, trails, end }, spans, fraction) => {
          spans.forEach(({ site, from, length }, index) => {
            const id = `a${index}`;
            if (index % 3 < 2)
              writer.attest(at(0), id, site, ['child-labour', 'forced-labour', 'water'], at(from), at(from + length));
            if (index % 3 === 1) writer.change(at(0), id, 'Suspended', at(from + Math.floor(length / 2)));
            if (index % 3 === 2) {
              writer.raise(at(0), id, site, ['child-labour']);
              writer.find(at(0), id, true, ['child-labour'], at(from), at(from + length));
            }
          });
          for (const batchId of trails.keys()) {
            const { claims, standsUntil } = verdictFrom(writer.events, everything, { batchId, validAt: end });
            const last = Date.parse(standsUntil ?? at(5000)) - 1;
            const between = Math.floor(Date.parse(end) + fraction * (last - Date.parse(end)));
            for (const moment of [between, last]) {
              const later = verdictFrom(writer.events, everything, {
                batchId,
                validAt: new Date(moment).toISOString(),
              });
              expect(later.claims).toEqual(claims);
            }
          }
        },
      ),
      runs(30),
    );
  });

  it('knows nothing of a batch the graph does not know', () => {
    const standing = buildStanding([]);
    expect(
      evaluate(buildGraph([]), standing, everything, { batchId: 'x', validAt: day('2025-01-01') }),
    ).toBeUndefined();
  });

  it('answers on a ring of batches that only corrected data can make', () => {
    const writer = new ChainWriter();
    writer.open('s');
    writer.register('2025-01-01', 's', 'a', 10, { cobalt: 5 });
    const first = writer.transform('2025-01-02', 's', { a: 10 }, { b: [10, { cobalt: 5 }] });
    writer.transform('2025-01-03', 's', { b: 10 }, { c: [10, { cobalt: 5 }] });
    writer.correct('2025-01-04', first, { inputs: [{ batchId: 'c', grossGrams: 10 }] });
    const answer = writer.ask(everything, 'c', '2026-01-01');
    expect(answer.claims.find(({ claim }) => claim === 'custody')).toMatchObject({ verdict: 'broken' });
    expect(answer.reasons).toEqual(
      expect.arrayContaining([expect.objectContaining({ because: 'used-before-arrival', eventIds: [first.id] })]),
    );
  });

  it('follows a chain of 5,000 batches', () => {
    const writer = new ChainWriter();
    writer.open('s0');
    writer.open('s1');
    writer.register('2025-01-01', 's0', 'b0', 10, { cobalt: 5 }, { origin: { kind: 'undocumented' } });
    for (let index = 1; index < 5000; index++)
      writer.transform('2025-01-01', 's0', { [`b${index - 1}`]: 10 }, { [`b${index}`]: [10, { cobalt: 5 }] });
    const { reasons } = writer.ask(programmeWith({ claim: 'custody' }), 'b4999', '2026-01-01');
    expect(reasons).toMatchObject([{ because: 'origin-undocumented', batchId: 'b0' }]);
    expect(writer.ask(programmeOf('us-japan-cma-2023@1'), 'b4999', '2026-01-01').verdict).toBe('unproven');
  });
});

describe('the law that applies', () => {
  const chain = (): ChainWriter => {
    const writer = new ChainWriter();
    writer.open('mine');
    writer.register('2025-01-01', 'mine', 'x', 100, { cobalt: 10 });
    return writer;
  };

  it('is that of rulesAt, whatever the state of the world asked about; by default that of validAt', () => {
    const programme = programmeWith({ claim: 'custody', from: day('2027-01-01') });
    const ask = (question: { rulesAt?: string }) => chain().ask(programme, 'x', '2026-01-01', question);
    expect(ask({})).toMatchObject({ verdict: 'not-in-force', rulesAt: day('2026-01-01') });
    expect(ask({ rulesAt: day('2026-12-31') }).verdict).toBe('not-in-force');
    expect(ask({ rulesAt: day('2027-01-01') })).toMatchObject({ verdict: 'holds', rulesAt: day('2027-01-01') });
  });

  it('is undetermined from its date on while the act that it awaits is not known to have been adopted', () => {
    const awaits = { act: 'Delegated act under Art. 1', months: 24 };
    const programme = programmeWith({ claim: 'custody', from: day('2027-01-01'), awaits });
    expect(chain().ask(programme, 'x', '2026-12-31').verdict).toBe('not-in-force');
    expect(chain().ask(programme, 'x', '2027-01-01')).toMatchObject({
      verdict: 'undetermined',
      claims: [{ claim: 'custody', verdict: 'undetermined', act: awaits.act }],
      reasons: [],
    });
    const beside = programmeWith({ claim: 'custody', from: day('2027-01-01'), awaits }, { claim: 'mass-balance' });
    expect(chain().ask(beside, 'x', '2027-01-01').verdict).toBe('holds');
  });

  it('lays a duty on products on no batch; an indication says that it is one', () => {
    const programme = programmeWith({ claim: 'custody', subject: 'product' }, { claim: 'mass-balance' });
    expect(chain().ask(programme, 'x', '2026-01-01').claims).toMatchObject([
      { claim: 'custody', verdict: 'out-of-scope' },
      { claim: 'mass-balance', verdict: 'holds' },
    ]);
    const [custody, balance] = chain().ask(programme, 'x', '2026-01-01', { indicative: true }).claims;
    expect(custody).toMatchObject({ verdict: 'holds', indicative: true });
    expect(balance).not.toHaveProperty('indicative');
  });
});
