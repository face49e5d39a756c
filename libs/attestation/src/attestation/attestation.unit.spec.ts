import { describe, it } from '@jest/globals';
import type { AttestationEvent, AttestationIssued } from '../events.js';
import { day, given, type Decider } from '../testing/given.js';
import {
  decideAttestation,
  evolveAttestation,
  initialAttestation,
  type AttestationCommand,
  type AttestationFacts,
  type AttestationState,
} from './attestation.js';

const ISSUED: AttestationIssued = {
  attestationId: 'a1',
  scheme: 'irma',
  siteId: 'mine',
  rights: ['forced-labour', 'water'],
  validFrom: day('2025-01-01'),
  validUntil: day('2026-01-01'),
  issuerOrganisationId: 'auditor',
  documentSha256: 'b'.repeat(64),
};
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

function attestation(
  facts: AttestationFacts = { siteExists: true, accredited: true },
): Decider<AttestationState, AttestationCommand, AttestationEvent> {
  return {
    initial: initialAttestation,
    evolve: evolveAttestation,
    decide: (command, state, moment) => decideAttestation(command, state, facts, moment),
  };
}

describe('issuing an attestation', () => {
  const issue = (body: Partial<AttestationIssued> = {}): AttestationCommand => ({
    kind: 'attestations',
    body: { ...ISSUED, ...body },
  });

  it('records it, with its documents', () => {
    const documents = [{ sha256: 'c'.repeat(64) }];
    given(attestation()).when(issue(), LATER).then({ type: 'AttestationIssued', data: ISSUED });
    given(attestation())
      .when(issue({ documents }), LATER)
      .then({ type: 'AttestationIssued', data: { ...ISSUED, documents } });
  });

  it('records nothing of a body but its own fields', () => {
    const command = { kind: 'attestations', body: { ...ISSUED, extra: 1 } as AttestationIssued } as const;
    given(attestation()).when(command, LATER).then({ type: 'AttestationIssued', data: ISSUED });
  });

  it.each([
    ['id-taken', 'attestationId', [issued], {}, {}],
    ['not-found', 'siteId', [], { siteExists: false }, {}],
    ['not-accredited', 'scheme', [], { accredited: false }, {}],
    ['invalid-request', 'validUntil', [], {}, { validUntil: ISSUED.validFrom }],
    ['invalid-request', 'validUntil', [], {}, { validUntil: day('2024-01-01') }],
  ] as const)('refuses with %s at %s', (code, path, events, facts, body) => {
    const decider = attestation({ siteExists: true, accredited: true, ...facts });
    given(decider, events).when(issue(body), LATER).thenRefused(code, path);
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
