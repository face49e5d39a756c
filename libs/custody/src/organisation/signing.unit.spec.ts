import * as crypto from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { type OrganisationEvent } from '../events.js';
import { EARLIER, NOW, Outcome } from '../testing/site-scenario.js';
import {
  decideOrganisation,
  evolveOrganisation,
  initialOrganisation,
  type OrganisationCommand,
} from './organisation.js';
import { isInForce } from './signing.js';
import { isWeakPublicKey } from './weak-public-keys.js';

const ONE = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
const OTHER = 'PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw';
/** Of the right form: the decider has no ledger to hold it against. */
const PROOF = `e30..${'A'.repeat(86)}`;
const registered: OrganisationEvent = {
  type: 'OrganisationRegistered',
  data: { organisationId: 'acme', name: 'Acme', country: 'JP', roles: ['refiner'] },
};
const keyOne: OrganisationEvent = {
  type: 'SigningKeyRegistered',
  data: { keyId: 'one', publicKey: ONE, proof: PROOF },
};
const revokedFrom = (from: string): OrganisationEvent => ({
  type: 'SigningKeyRevoked',
  data: { keyId: 'one', from, reason: 'laptop stolen' },
});
const demanded = (required: boolean): OrganisationEvent => ({ type: 'SigningPolicyChosen', data: { required } });

function stateAfter(...events: OrganisationEvent[]) {
  return events
    .map((event, index) => ({
      ...event,
      id: `e${index}`,
      stream: 'organisation-acme',
      revision: BigInt(index),
      metadata: {
        commandId: 'c',
        actor: { principal: 'admin' },
        occurredAt: EARLIER,
        recordedAt: EARLIER,
        schemaVersion: 1,
      },
    }))
    .reduce(evolveOrganisation, initialOrganisation());
}
const given = (...events: OrganisationEvent[]) => ({
  when: (command: OrganisationCommand) =>
    new Outcome(decideOrganisation(command, stateAfter(...events), { occurredAt: NOW, now: NOW, authority: 'admin' })),
});
const register = (keyId: string, publicKey: string): OrganisationCommand => ({
  kind: 'signing-keys',
  body: { keyId, publicKey, proof: PROOF },
});

describe('signing keys of an organisation', () => {
  it('are registered once, by id and by key', () => {
    given(registered).when(register('one', ONE)).then(keyOne);
    given(registered, keyOne).when(register('one', OTHER)).thenRefused('id-taken', 'keyId');
    given(registered, keyOne, revokedFrom(EARLIER)).when(register('one', OTHER)).thenRefused('id-taken', 'keyId');
    given(registered, keyOne).when(register('two', ONE)).thenRefused('id-taken', 'publicKey');
    given().when(register('one', ONE)).thenRefused('not-found');
  });

  it('are revoked from a moment, which a later revocation can only set earlier', () => {
    const revoke = (from: string): OrganisationCommand => ({
      kind: 'revocations',
      body: { keyId: 'one', from, reason: 'laptop stolen' },
    });
    given(registered, keyOne).when(revoke(EARLIER)).then(revokedFrom(EARLIER));
    given(registered).when(revoke(EARLIER)).thenRefused('signing-key-unknown');
    given(registered, keyOne, revokedFrom(NOW)).when(revoke(EARLIER)).then(revokedFrom(EARLIER));
    given(registered, keyOne, revokedFrom(EARLIER)).when(revoke(NOW)).thenRefused('invalid-request', 'from');
    const [key] = stateAfter(registered, keyOne, revokedFrom(NOW), revokedFrom(EARLIER)).signing.keys;
    expect([isInForce(key!, '2025-03-01T07:59:59.999Z'), isInForce(key!, EARLIER)]).toEqual([true, false]);
  });

  it('can be demanded only while one is in force, and no more', () => {
    const choose = (required: boolean): OrganisationCommand => ({ kind: 'signing-policy', body: { required } });
    given(registered, keyOne).when(choose(true)).then(demanded(true));
    given(registered).when(choose(true)).thenRefused('signing-key-unknown', 'required');
    given(registered, keyOne, revokedFrom(EARLIER)).when(choose(true)).thenRefused('signing-key-unknown', 'required');
    given(registered).when(choose(false)).then(demanded(false));
    expect(stateAfter(registered, keyOne, demanded(true)).signing.requiredSince).toBe(EARLIER);
    expect(stateAfter(registered, keyOne, demanded(true), demanded(false)).signing.requiredSince).toBeUndefined();
  });

  it('are none that anybody can sign for', () => {
    const identity = Buffer.alloc(32);
    identity[0] = 1;
    given(registered)
      .when(register('weak', identity.toString('base64url')))
      .thenRefused('invalid-request', 'publicKey');
    expect([ONE, OTHER].some(isWeakPublicKey)).toBe(false);
  });
});

describe('a weak public key', () => {
  const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
  const encodings = [
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ];

  it.each(
    encodings.flatMap((hex) => [hex, `${hex.slice(0, 62)}${(Number.parseInt(hex.slice(62), 16) | 0x80).toString(16)}`]),
  )('%s is refused, for node:crypto takes a signature that nobody made', (hex) => {
    const raw = Buffer.from(hex, 'hex');
    expect(isWeakPublicKey(raw.toString('base64url'))).toBe(true);
    const key = crypto.createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' });
    const forged = Buffer.alloc(64);
    forged[0] = 1; // R the identity, S zero
    const messages = Array.from({ length: 200 }, (_, n) => Buffer.from(`message ${n}`));
    const taken = messages.some((message) => crypto.verify(null, message, key, forged));
    // RFC 8032 decoding refuses x = 0 with the sign bit set; whatever is decoded is forgeable.
    const decodes = !(hex.endsWith('80') && hex.startsWith('01')) && !hex.endsWith('ffff');
    if (decodes) expect(taken).toBe(true);
  });
});
