import { describe, it } from '@jest/globals';
import { type ConcernEvent, type ConcernRaised } from '../events.js';
import { day, given, type Decider } from '../testing/given.js';
import {
  decideConcern,
  evolveConcern,
  initialConcern,
  type ConcernCommand,
  type ConcernFacts,
  type ConcernState,
} from './concern.js';

const RAISED: ConcernRaised = { concernId: 'c1', siteId: 'mine', rights: ['child-labour'], source: 'worker' };
const raised = { type: 'ConcernRaised', data: RAISED, at: day('2025-01-01') } as const;
const opened = { type: 'InvestigationOpened', data: { by: 'inspectorate' }, at: day('2025-02-01') } as const;
const found = (substantiated: boolean, until?: string) =>
  ({
    type: 'FindingRecorded',
    data: {
      substantiated,
      rights: ['child-labour'] as ['child-labour'],
      from: day('2024-06-01'),
      ...(until === undefined ? {} : { until: day(until) }),
    },
    at: day('2025-03-01'),
  }) satisfies ConcernEvent & { at: string };
const remedied = { type: 'RemediationAccepted', data: {}, at: day('2025-04-01') } as const;
const closed = { type: 'ConcernClosed', data: { outcome: 'remedied' }, at: day('2025-05-01') } as const;
const LATER = day('2025-06-01');

const investigate: ConcernCommand = { kind: 'investigations', body: { by: 'inspectorate' } };
const find = (from: string, until?: string): ConcernCommand => ({
  kind: 'findings',
  body: {
    substantiated: true,
    rights: ['child-labour'],
    from: day(from),
    ...(until === undefined ? {} : { until: day(until) }),
  },
});
const remedy: ConcernCommand = { kind: 'remediations', body: { documentSha256: 'd'.repeat(64) } };
const close: ConcernCommand = { kind: 'closure', body: { outcome: 'remedied' } };

const FACTS: ConcernFacts = { siteExists: true, byAnyone: false, ofSite: false, knows: true };

function concern(facts: ConcernFacts = FACTS): Decider<ConcernState, ConcernCommand, ConcernEvent> {
  return {
    initial: initialConcern,
    evolve: evolveConcern,
    decide: (command, state, moment) => decideConcern(command, state, facts, moment),
  };
}

describe('a concern', () => {
  it('is raised once, about a site that exists', () => {
    const raise: ConcernCommand = { kind: 'concerns', body: RAISED };
    given(concern()).when(raise, LATER).then({ type: 'ConcernRaised', data: RAISED });
    given(concern(), [raised]).when(raise, LATER).thenRefused('id-taken', 'concernId');
    given(concern({ ...FACTS, siteExists: false }))
      .when(raise, LATER)
      .thenRefused('not-found', 'siteId');
    given(concern()).when(raise, day('2031-01-01')).thenRefused('occurred-out-of-order', 'occurredAt');
  });

  it.each([
    ['opens an investigation', [raised], investigate, 'InvestigationOpened'],
    ['opens another after a finding', [raised, opened, found(false)], investigate, 'InvestigationOpened'],
    ['records a finding far back', [raised, opened], find('2020-01-01', '2020-02-01'), 'FindingRecorded'],
    ['records a lasting finding', [raised, opened], find('2020-01-01'), 'FindingRecorded'],
    ['accepts the remediation of a lasting finding', [raised, opened, found(true)], remedy, 'RemediationAccepted'],
    [
      'accepts the remediation of a finding that had ended',
      [raised, opened, found(true, '2024-07-01')],
      remedy,
      'RemediationAccepted',
    ],
    ['records a finding made elsewhere', [raised], find('2020-01-01'), 'FindingRecorded'],
    ['records a further finding', [raised, opened, found(true)], find('2020-01-01'), 'FindingRecorded'],
    ['closes at once', [raised], close, 'ConcernClosed'],
    ['closes over an open investigation', [raised, opened], close, 'ConcernClosed'],
  ] as const)('%s', (_, events, command, type) => {
    given(concern(), events)
      .when(command, LATER)
      .then({ type, data: command.body } as ConcernEvent);
  });

  it.each([
    ['not-found', [], investigate],
    ['occurred-out-of-order', [raised, opened], investigate],
    ['occurred-out-of-order', [raised, opened, found(false)], remedy],
    ['occurred-out-of-order', [raised], remedy],
    ['occurred-out-of-order', [raised, opened, found(true), remedied], remedy],
    ['occurred-out-of-order', [raised, closed], investigate],
    ['occurred-out-of-order', [raised, closed], close],
    ['invalid-request', [raised, opened], find('2020-01-01', '2020-01-01')],
    ['invalid-request', [raised, opened], find('2020-02-01', '2020-01-01')],
  ] as const)('refuses with %s', (code, events, command) => {
    given(concern(), events).when(command, LATER).thenRefused(code);
  });

  const annulled = {
    type: 'FindingAnnulled',
    data: { eventId: 'event-2', reason: 'set aside' },
    at: day('2025-05-02'),
  } as const;
  const annul: ConcernCommand = { kind: 'annulments', body: annulled.data };

  it('has a finding annulled, also once it is closed, and each once', () => {
    given(concern(), [raised, opened, found(true)])
      .when(annul, LATER)
      .then({ type: 'FindingAnnulled', data: annulled.data });
    given(concern(), [raised, opened, found(true), remedied, closed])
      .when(annul, LATER)
      .then({ type: 'FindingAnnulled', data: annulled.data });
    given(concern(), [raised, opened, found(true), annulled])
      .when(annul, LATER)
      .thenRefused('not-found', 'eventId');
    given(concern(), [raised, opened]).when(annul, LATER).thenRefused('not-found', 'eventId');
  });

  it.each([
    ['its investigation is open again', [raised, opened, found(true), annulled], investigate, 'occurred-out-of-order'],
    ['nothing is left to remedy', [raised, opened, found(true), annulled], remedy, 'occurred-out-of-order'],
    [
      'a closed concern stays closed',
      [raised, opened, found(true), closed, annulled],
      investigate,
      'occurred-out-of-order',
    ],
  ] as const)('counts no annulled finding: %s', (_, events, command, code) => {
    given(concern(), events).when(command, LATER).thenRefused(code);
  });

  it('leaves what another finding says, and has ended', () => {
    const later = { ...found(true), at: day('2025-03-02') };
    given(concern(), [raised, opened, found(true), later, annulled])
      .when(investigate, LATER)
      .then({ type: 'InvestigationOpened', data: { by: 'inspectorate' } });
    given(concern(), [raised, opened, found(true), later, annulled])
      .when(remedy, LATER)
      .then({ type: 'RemediationAccepted', data: { documentSha256: 'd'.repeat(64) } });
  });

  it('takes no step before the one it follows', () => {
    given(concern(), [raised, opened])
      .when(find('2020-01-01'), day('2025-01-31'))
      .thenRefused('occurred-out-of-order', 'occurredAt');
  });
});
