import { describe, expect, it } from '@jest/globals';
import { decidingType, demandsSignature, signerOf, type Owners } from './signer.js';

const owners: Owners = {
  organisationOfSite: (siteId) => (siteId === 'works' ? 'acme' : undefined),
  issuerOf: (attestationId) => (attestationId === 'a-1' ? 'assessor' : undefined),
};
const signer = (stream: string, type: string, organisation?: string) =>
  signerOf({ stream, type, actor: { organisation } }, owners);

describe('whose command a fact is', () => {
  it.each([
    ['site-works', 'BatchDisposed', 'acme'],
    ['site-elsewhere', 'BatchDisposed', undefined],
    ['organisation-acme', 'SiteOpened', 'acme'],
    ['organisation-acme', 'SigningKeyRegistered', 'acme'],
    ['attestation-a-1', 'AttestationIssued', 'assessor'],
    ['attestation-a-2', 'AttestationIssued', undefined],
  ])('%s %s is of %s, whoever records it', (stream, type, organisation) => {
    expect(signer(stream, type)).toBe(organisation);
    expect(signer(stream, type, 'somebody')).toBe(organisation);
  });

  it.each([
    ['site-works', 'BatchHeld'],
    ['organisation-acme', 'AccreditationGranted'],
    ['organisation-acme', 'OrganisationRegistered'],
    ['concern-c-1', 'ConcernRaised'],
    ['disclosure-d-1', 'DisclosuresErased'],
  ])('%s %s is of whoever records it', (stream, type) => {
    expect(signer(stream, type, 'authority')).toBe('authority');
    expect(signer(stream, type)).toBeUndefined();
  });

  it('is nobody’s where an id is reserved', () => {
    expect(signer('batch-b-1', 'IdReserved', 'acme')).toBeUndefined();
  });

  it('is of a correction that of what it corrects, when authorities recorded that', () => {
    expect(decidingType('RecordCorrected', 'BatchHeld')).toBe('BatchHeld');
    expect(decidingType('RecordCorrected', 'BatchDisposed')).toBe('RecordCorrected');
    expect(decidingType('RecordCorrected', undefined)).toBe('RecordCorrected');
    expect(decidingType('BatchDisposed', 'BatchHeld')).toBe('BatchDisposed');
  });
});

describe('a demand for signatures', () => {
  const demanded = (stream: string, type: string, organisation?: string) =>
    demandsSignature({ stream, type, actor: { organisation } });

  it('reaches what is recorded of sites, organisations, attestations, concerns and erasures, and no reservation', () => {
    for (const stream of ['site-works', 'organisation-acme', 'attestation-a', 'concern-c', 'disclosure-d']) {
      expect([stream, demanded(stream, 'Something', 'acme')]).toEqual([stream, true]);
    }
    expect(demanded('batch-b-1', 'IdReserved', 'acme')).toBe(false);
  });

  it.each(['SigningKeyRegistered', 'SigningKeyRevoked', 'SigningPolicyChosen'])(
    'leaves the registry its way back: %s',
    (type) => {
      expect(demanded('organisation-acme', type, 'acme')).toBe(true);
      expect(demanded('organisation-acme', type)).toBe(false);
    },
  );
});
