/** Reasons are checked against brute force: what they name flips the verdict, and no fewer events do. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type BatchLabelled, type BatchesReceived } from '#custody';
import { type GraphEvent } from '../graph/index.js';
import { type Programme } from '../programmes/index.js';
import { smallestChange } from './smallest-change.js';
import { verdictFrom } from './testing/chain-writer.js';
import { programmeWith } from './testing/programme-files.js';
import { ISO_14021 } from './counted-content.js';
import { BEGINNING, randomChain, SITES, STANDARD } from './testing/random-chain.js';
import { type Because } from './verdict.types.js';
import { runs } from '../../../../test/properties/runs.js';

const RANK = ['broken', 'unproven', 'holds'];
const at = (hours: number): string => new Date(BEGINNING + hours * 3_600_000).toISOString();

/** The event as it would be if it were right; undefined: absent. Unchanged: it is not evidence for the claim. */
type Alter = (event: GraphEvent) => GraphEvent | undefined;

function altered(events: readonly GraphEvent[], alter: Alter, ids: ReadonlySet<string>): GraphEvent[] {
  return events.flatMap((event) => (ids.has(event.id) ? (alter(event) ?? []) : event));
}

function* subsets(items: readonly string[], size: number, start = 0): Generator<string[]> {
  if (size === 0) yield [];
  else
    for (let index = start; index <= items.length - size; index++)
      for (const rest of subsets(items, size - 1, index + 1)) yield [items[index] ?? '', ...rest];
}

/** What no recorded event can mend. */
const MISSING: readonly Because[] = ['attestation-gap', 'label-not-recorded', 'in-transit', 'terms-not-recorded'];

function expectShortest(
  events: readonly GraphEvent[],
  programme: Programme,
  alter: Alter,
  question: { batchId: string; validAt: string },
): void {
  const { verdict, reasons } = verdictFrom(events, programme, question);
  if (reasons.length === 0 || reasons.some(({ because }) => MISSING.includes(because))) return;
  const isBetter = (ids: readonly string[]): boolean =>
    RANK.indexOf(verdictFrom(altered(events, alter, new Set(ids)), programme, question).verdict) >
    RANK.indexOf(verdict);
  const named = [...new Set(reasons.flatMap(({ eventIds }) => eventIds))];
  expect([question, named, isBetter(named)]).toEqual([question, named, true]);
  const candidates = events.filter((event) => alter(event) !== event).map(({ id }) => id);
  for (let size = 1; size < named.length; size++) {
    for (const fewer of subsets(candidates, size))
      expect([named, fewer, isBetter(fewer)]).toEqual([named, fewer, false]);
  }
}

/** Every label put on the batch before, found intact. */
function intactLabels(events: readonly GraphEvent[], before: GraphEvent, batchId: string) {
  const put = events
    .filter((event) => event.type === 'BatchLabelled' && event.logIndex < before.logIndex)
    .map((event) => event.data as BatchLabelled)
    .filter((label) => label.batchId === batchId);
  return [...new Set(put.map(({ labelId }) => labelId))].map((labelId) => ({ labelId, condition: 'intact' as const }));
}

describe('the shortest reason', () => {
  it('of labour undoes the fewest suspensions, revocations, findings and investigations', () => {
    const programme = programmeWith({ claim: 'labour', rights: ['child-labour'], evidence: 'attestations' });
    const change = fc.record({
      kind: fc.constantFrom('Suspended', 'Reinstated', 'Revoked', 'found', 'investigated'),
      attestation: fc.nat(5),
      from: fc.nat(300),
      length: fc.nat(60),
    });
    const evidence = ['AttestationSuspended', 'AttestationRevoked', 'FindingRecorded', 'InvestigationOpened'];
    const undone: Alter = (event) => (evidence.includes(event.type) ? undefined : event);
    fc.assert(
      fc.property(randomChain(12), fc.array(change, { maxLength: 6 }), ({ writer, trails, end }, changes) => {
        SITES.forEach((siteId, index) => {
          writer.attest(at(0), `a${index}`, siteId, ['child-labour'], at(-1), at(100_000));
          writer.attest(at(0), `a${index + 3}`, siteId, ['child-labour'], at(50 * index), at(200));
        });
        changes.forEach(({ kind, attestation, from, length }, index) => {
          if (kind === 'found' || kind === 'investigated') {
            writer.raise(at(from), `c${index}`, SITES[attestation % 3] ?? 's0', ['child-labour']);
            if (kind === 'investigated') writer.investigate(at(from), `c${index}`);
            else writer.find(at(from), `c${index}`, true, ['child-labour'], at(from), at(from + length));
          } else writer.change(end, `a${attestation}`, kind, at(from));
        });
        for (const batchId of trails.keys())
          expectShortest(writer.events, programme, undone, { batchId, validAt: end });
      }),
      runs(30),
    );
  });

  it('of labelling rights the fewest labels, receipts and removals', () => {
    const programme = programmeWith({ claim: 'labelling', on: 'chain', acceptedStandards: [STANDARD] });
    const righted =
      (events: readonly GraphEvent[]): Alter =>
      (event) => {
        switch (event.type) {
          case 'BatchLabelled':
            return { ...event, data: { ...(event.data as object), standard: STANDARD } };
          case 'LabelRemoved':
            return undefined;
          case 'BatchesReceived': {
            const data = event.data as BatchesReceived;
            const batches = data.batches.map((batch) => ({
              ...batch,
              labels: intactLabels(events, event, batch.batchId),
            }));
            return { ...event, data: { ...data, batches } };
          }
          default:
            return event;
        }
      };
    fc.assert(
      fc.property(randomChain(12), ({ writer, trails, end }) => {
        for (const batchId of trails.keys())
          expectShortest(writer.events, programme, righted(writer.events), { batchId, validAt: end });
      }),
      runs(30),
    );
  });

  it('of recycled content changes the origin of the fewest registrations', () => {
    const recycled: Alter = (event) => {
      const { origin } = event.data as { origin?: { kind: string } };
      if (origin === undefined || origin.kind === 'end-of-life') return event;
      return { ...event, data: { ...(event.data as object), origin: { kind: 'end-of-life' } } };
    };
    fc.assert(
      fc.property(randomChain(12), fc.integer({ min: 1, max: 9 }), ({ writer, trails, end }, tenths) => {
        // Away from the shares that halves and sums of 16 g produce, by more than the fold rounds.
        const programme = programmeWith({
          claim: 'recycled-content',
          thresholds: { cobalt: `0.${tenths}3` },
          counts: ISO_14021,
        });
        for (const batchId of trails.keys())
          expectShortest(writer.events, programme, recycled, { batchId, validAt: end });
      }),
      runs(30),
    );
  });
});

it('smallestChange is minimal, and mends every part', () => {
  const event = fc.nat(7).map((logIndex) => ({ eventId: `e${logIndex}`, logIndex, occurredAt: '' }));
  const part = fc.array(
    fc.record({ events: fc.uniqueArray(event, { minLength: 1, maxLength: 3, selector: (each) => each.eventId }) }),
    {
      minLength: 1,
      maxLength: 3,
    },
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 7 }), (parts) => {
      const mends = (ids: ReadonlySet<string>): boolean =>
        parts.every((alternatives) =>
          alternatives.some(({ events }) => events.every(({ eventId }) => ids.has(eventId))),
        );
      const chosen = smallestChange(parts);
      expect(mends(chosen)).toBe(true);
      const all = Array.from({ length: 8 }, (_, index) => `e${index}`);
      for (let size = 0; size < chosen.size; size++) {
        for (const fewer of subsets(all, size)) expect(mends(new Set(fewer))).toBe(false);
      }
    }),
    runs(200),
  );
});
