import { describe, it } from '@jest/globals';
import { type DeclaredControl, type RefusalCode } from '#custody';
import { type AttestationEvent, type AttestationIssued } from '../events.js';
import { type AttestationScheme } from '../schemes/scheme.js';
import { day, given, type Decider } from '../testing/given.js';
import {
  decideAttestation,
  evolveAttestation,
  initialAttestation,
  type AttestationCommand,
  type AttestationFacts,
  type AttestationState,
  type IssueAttestation,
} from './attestation.js';

type AttestationEventAt = AttestationEvent & { readonly at: string };

const SCHEME: AttestationScheme = {
  id: 'irma',
  title: 'IRMA',
  source: 'https://example.org/',
  assurance: 'third-party',
  covers: ['forced-labour', 'water', 'site-facts'],
  longestValidityMonths: 36,
  longestBackdatingMonths: 12,
};
const ACCREDITED = { accreditations: [{ scheme: 'irma', from: day('2020-01-01') }] };
const FACTS: AttestationFacts = {
  siteOrganisationId: 'miner',
  issuer: ACCREDITED,
  controlOf: new Map(),
  scheme: SCHEME,
};

const SENT: IssueAttestation = {
  attestationId: 'a1',
  scheme: 'irma',
  siteId: 'mine',
  rights: ['forced-labour', 'water'],
  validFrom: day('2025-01-01'),
  validUntil: day('2026-01-01'),
  issuerOrganisationId: 'auditor',
  documentSha256: 'b'.repeat(64),
};
const ISSUED: AttestationIssued = { ...SENT, assurance: 'third-party' };
const issued = { type: 'AttestationIssued', data: ISSUED, at: day('2025-02-01') } as const;
const suspended = (from: string) =>
  ({ type: 'AttestationSuspended', data: { from: day(from), reason: 'doubt' }, at: day('2025-12-01') }) as const;
const reinstated = (from: string) =>
  ({ type: 'AttestationReinstated', data: { from: day(from), reason: 'cleared' }, at: day('2025-12-01') }) as const;
const revoked = (from: string) =>
  ({ type: 'AttestationRevoked', data: { from: day(from), reason: 'false' }, at: day('2025-12-01') }) as const;
const change = (kind: 'suspensions' | 'reinstatements' | 'revocations', from: string): AttestationCommand => ({
  kind,
  body: { from: day(from), reason: 'because' },
});
const LATER = day('2026-06-01');

function attestation(facts: AttestationFacts = FACTS): Decider<AttestationState, AttestationCommand, AttestationEvent> {
  return {
    initial: initialAttestation,
    evolve: evolveAttestation,
    decide: (command, state, moment) => decideAttestation(command, state, facts, moment),
  };
}

describe('issuing an attestation', () => {
  const issue = (body: Partial<IssueAttestation> = {}): AttestationCommand => ({
    kind: 'attestations',
    body: { ...SENT, ...body },
  });
  const ISSUE_DAY = day('2025-02-01');

  it('records it, with its documents and the assurance of its scheme', () => {
    const documents = [{ sha256: 'c'.repeat(64) }];
    given(attestation()).when(issue(), ISSUE_DAY).then({ type: 'AttestationIssued', data: ISSUED });
    given(attestation())
      .when(issue({ documents }), ISSUE_DAY)
      .then({ type: 'AttestationIssued', data: { ...ISSUED, documents } });
  });

  it('records nothing of a body but its own fields', () => {
    const body = { ...SENT, extra: 1, assurance: 'self' } as IssueAttestation;
    given(attestation())
      .when({ kind: 'attestations', body }, ISSUE_DAY)
      .then({ type: 'AttestationIssued', data: ISSUED });
  });

  it.each<[string, string | undefined, AttestationEventAt[], Partial<AttestationFacts>, Partial<IssueAttestation>]>([
    ['id-taken', 'attestationId', [issued], {}, {}],
    ['not-found', 'siteId', [], { siteOrganisationId: undefined }, {}],
    ['not-found', 'scheme', [], { scheme: undefined }, {}],
    ['not-accredited', 'scheme', [], { issuer: { accreditations: [] } }, {}],
    ['not-independent', 'siteId', [], { siteOrganisationId: 'auditor' }, {}],
    ['not-covered-by-scheme', 'rights[1]', [], {}, { rights: ['water', 'child-labour'] }],
    ['invalid-request', 'validUntil', [], {}, { validUntil: ISSUED.validFrom }],
    ['invalid-request', 'validUntil', [], {}, { validUntil: day('2024-01-01') }],
    ['invalid-request', 'validUntil', [], {}, { validFrom: '2025-03-01', validUntil: '2025-02-28' }],
    ['validity-too-long', 'validUntil', [], {}, { validUntil: '2028-01-01T00:00:00.001Z' }],
    ['validity-too-long', 'validUntil', [], {}, { validUntil: '2028-01-01' }],
    ['validity-too-long', 'validUntil', [], {}, { validUntil: '2125-01-01' }],
    ['begins-too-early', 'validFrom', [], {}, { validFrom: '2024-01-31T23:59:59.999Z' }],
    ['begins-too-early', 'validFrom', [], {}, { validFrom: '2024-01-31' }],
  ])('refuses with %s at %s', (code, path, events, facts, body) => {
    given(attestation({ ...FACTS, ...facts }), events)
      .when(issue(body), ISSUE_DAY)
      .thenRefused(code as RefusalCode, path);
  });

  it.each<Partial<IssueAttestation>>([
    { validUntil: '2027-12-31' },
    { validUntil: '2028-01-01T00:00:00.000Z' },
    { validUntil: '2027-12-31T23:59:59.999Z' },
    { validFrom: '2024-02-01' },
    { validFrom: '2025-02-01', validUntil: '2025-02-01' },
  ])('may last to the end of a day, and as long as the scheme lets it: %j', (body) => {
    given(attestation())
      .when(issue(body), ISSUE_DAY)
      .then({ type: 'AttestationIssued', data: { ...ISSUED, ...body } });
  });

  it('takes a declaration of the site’s own organisation where the scheme is one of declarations, and says so', () => {
    const declaration = { ...FACTS, siteOrganisationId: 'auditor', scheme: { ...SCHEME, assurance: 'self' as const } };
    given(attestation(declaration))
      .when(issue(), ISSUE_DAY)
      .then({ type: 'AttestationIssued', data: { ...ISSUED, assurance: 'self' } });
  });

  it.each([
    ['stands at neither', [{ scheme: 'irma', from: day('2020-01-01'), until: day('2025-01-31') }]],
    ['is of another scheme', [{ scheme: 'rmap', from: day('2020-01-01') }]],
    ['begins after its issue', [{ scheme: 'irma', from: day('2025-02-02') }]],
    ['has ended before it is recorded', [{ scheme: 'irma', from: day('2020-01-01'), until: day('2029-01-01') }]],
    ['was withdrawn before its issue', [{ scheme: 'irma', from: day('2020-01-01'), withdrawnFrom: day('2025-02-01') }]],
    ['was withdrawn since', [{ scheme: 'irma', from: day('2020-01-01'), withdrawnFrom: day('2029-06-01') }]],
  ])('refuses an attestor whose accreditation %s', (_, accreditations) => {
    given(attestation({ ...FACTS, issuer: { accreditations } }))
      .when(issue(), ISSUE_DAY)
      .thenRefused('not-accredited', 'scheme');
  });

  const tie = (controller: string, from = '2024-01-01', share = '0.5'): DeclaredControl => ({
    kind: 'ownership',
    country: 'JP',
    share,
    controller,
    from: day(from),
  });

  it.each<[string, Record<string, DeclaredControl[]>]>([
    ['that the miner controls', { auditor: [tie('miner')] }],
    ['that controls the miner', { miner: [tie('auditor')] }],
    ['that a holding controls, as it does the miner', { auditor: [tie('holding')], miner: [tie('holding')] }],
    ['that does through others', { auditor: [tie('a')], a: [tie('b')], miner: [tie('c')], c: [tie('b')] }],
    ['that does since, when it is recorded', { auditor: [tie('miner', '2027-01-01')] }],
    ['that did, when it was issued', { auditor: [tie('miner', '2024-01-01'), tie('miner', '2027-01-01', '0')] }],
  ])('refuses an attestor %s', (_, control) => {
    given(attestation({ ...FACTS, controlOf: new Map(Object.entries(control)) }))
      .when(issue(), ISSUE_DAY)
      .thenRefused('not-independent', 'siteId');
  });

  it.each<[string, Record<string, DeclaredControl[]>]>([
    ['with a small share', { auditor: [tie('miner', '2024-01-01', '0.1')] }],
    ['of former days', { auditor: [tie('miner', '2020-01-01'), tie('miner', '2024-01-01', '0')] }],
    ['with controllers of its own', { auditor: [tie('a')], miner: [tie('b')] }],
  ])('takes an attestor %s', (_, control) => {
    given(attestation({ ...FACTS, controlOf: new Map(Object.entries(control)) }))
      .when(issue(), ISSUE_DAY)
      .then({ type: 'AttestationIssued', data: ISSUED });
  });

  it('takes one whose accreditation was withdrawn and granted anew in between', () => {
    const granted = { scheme: 'irma', from: day('2020-01-01'), withdrawnFrom: day('2026-01-01') };
    const anew = { scheme: 'irma', from: day('2027-01-01') };
    given(attestation({ ...FACTS, issuer: { accreditations: [granted, anew] } }))
      .when(issue(), ISSUE_DAY)
      .then({ type: 'AttestationIssued', data: ISSUED });
  });

  it('refuses what has not happened yet', () => {
    given(attestation()).when(issue(), day('2030-01-02')).thenRefused('occurred-out-of-order', 'occurredAt');
  });
});

describe('changing an attestation', () => {
  it('acts from its from, however late it is recorded', () => {
    given(attestation(), [issued])
      .when(change('revocations', '2025-01-01'), LATER)
      .then({ type: 'AttestationRevoked', data: { from: day('2025-01-01'), reason: 'because' } });
  });

  it.each([
    ['suspends what counts', [issued], change('suspensions', '2025-03-01'), 'AttestationSuspended'],
    [
      'suspends again after a reinstatement',
      [issued, suspended('2025-03-01'), reinstated('2025-04-01')],
      change('suspensions', '2025-05-01'),
      'AttestationSuspended',
    ],
    [
      'suspends from before a suspension',
      [issued, suspended('2025-03-01')],
      change('suspensions', '2025-02-01'),
      'AttestationSuspended',
    ],
    [
      'reinstates what is suspended',
      [issued, suspended('2025-03-01')],
      change('reinstatements', '2025-04-01'),
      'AttestationReinstated',
    ],
    [
      'revokes what is suspended',
      [issued, suspended('2025-03-01')],
      change('revocations', '2025-04-01'),
      'AttestationRevoked',
    ],
    [
      'revokes from earlier than before',
      [issued, revoked('2025-06-01')],
      change('revocations', '2025-05-01'),
      'AttestationRevoked',
    ],
  ] as const)('%s', (_, events, command, type) => {
    given(attestation(), events)
      .when(command, LATER)
      .then({ type, data: { ...command.body } } as AttestationEvent);
  });

  it.each([
    ['not-found', undefined, [], change('suspensions', '2025-03-01')],
    ['invalid-request', 'from', [issued], change('revocations', '2024-12-31')],
    ['invalid-request', 'from', [issued], change('revocations', '2026-01-01')],
    ['invalid-request', 'from', [issued], change('reinstatements', '2025-03-01')],
    ['invalid-request', 'from', [issued, suspended('2025-03-01')], change('suspensions', '2025-04-01')],
    ['invalid-request', 'from', [issued, suspended('2025-03-01')], change('reinstatements', '2025-02-01')],
    ['invalid-request', 'from', [issued, suspended('2025-03-01')], change('reinstatements', '2025-03-01')],
    ['invalid-request', 'from', [issued, revoked('2025-03-01')], change('suspensions', '2025-03-01')],
    ['invalid-request', 'from', [issued, revoked('2025-03-01')], change('revocations', '2025-04-01')],
    [
      'invalid-request',
      'from',
      [issued, suspended('2025-02-01'), revoked('2025-03-01')],
      change('reinstatements', '2025-04-01'),
    ],
  ] as const)('refuses with %s at %s', (code, path, events, command) => {
    given(attestation(), events).when(command, LATER).thenRefused(code, path);
  });

  it('refuses a change that happened before it was issued', () => {
    given(attestation(), [issued])
      .when(change('suspensions', '2025-03-01'), day('2025-01-31'))
      .thenRefused('occurred-out-of-order', 'occurredAt');
  });
});
