import { describe, expect, it } from '@jest/globals';
import { decodeBase64Url, publicKeyVerifier, signDetached } from '#transparency';
import { SignatureExaminer, type Examined, type ExaminedEvent } from './examiner.js';
import { proveKey } from './possession.js';
import { boundCommand, signedCommand } from './signed-command.js';

// RFC 8032 §7.1, tests 1 and 2.
const SEED = decodeBase64Url('nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A')!;
const OTHER_SEED = decodeBase64Url('TM0Imyj_ltqdtsNG7BFOD1uKMZ81q6Yk2oz27U-4pvs')!;
const LEDGER = 'lodebook/0123456789abcdef';
const OF = { ledger: LEDGER, organisationId: 'acme' };

const at = (minute: number): string => new Date(Date.UTC(2026, 9, 1, 8, minute)).toISOString();
let ids = 0;

function event(stream: string, type: string, data: object, minute: number, signature?: object): ExaminedEvent {
  const metadata = { recordedAt: at(minute), occurredAt: at(0), actor: {}, ...(signature && { signature }) };
  return { id: `e-${++ids}`, stream, type, data, metadata: metadata as unknown as ExaminedEvent['metadata'] };
}

const registered = (seed = SEED, of = OF, minute = 1): ExaminedEvent =>
  event('organisation-acme', 'SigningKeyRegistered', { ...proveKey({ ...of, keyId: 'key-1' }, seed) }, minute);

const siteOpened = event('site-works', 'SiteOpened', { siteId: 'works', organisationId: 'acme' }, 0);

const BODY = { batchId: 'b-1', grossGrams: 5, reason: 'Fell off the belt' };
const COMMAND = signedCommand('disposals', { site: 'works' }, BODY);
const jwsOf = (of = OF, seed = SEED, keyId = 'key-1'): string => signDetached(boundCommand(COMMAND, of), keyId, seed);
const signature = (jws = jwsOf(), organisationId = 'acme'): object => ({ organisationId, jws, command: COMMAND });
const disposed = (by: object | undefined, data: object = BODY, minute = 5): ExaminedEvent =>
  event('site-works', 'BatchDisposed', data, minute, by);

/** What an examiner at this ledger says of the last of these events. */
function examined(events: readonly ExaminedEvent[], revocations?: ReadonlyMap<string, string>): readonly Examined[] {
  const examiner = new SignatureExaminer(LEDGER, revocations);
  return events.map((each) => examiner.examine(each)).at(-1)!;
}

function findingOf(events: readonly ExaminedEvent[]): string | undefined {
  const [first] = examined(events);
  return first?.kind === 'finding' ? first.finding : undefined;
}

function holds(events: readonly ExaminedEvent[]): boolean {
  const [first] = examined(events);
  if (first?.kind !== 'to-verify') throw new Error(`not to be verified: ${JSON.stringify(first)}`);
  return publicKeyVerifier(decodeBase64Url(first.publicKey)!)(first.message, first.signature);
}

const KNOWN = [siteOpened, registered()];

describe('the examination of a recorded signature', () => {
  it('says which bytes are to be verified by which key, and these hold', () => {
    const [first] = examined([...KNOWN, disposed(signature())]);
    expect(first).toMatchObject({ kind: 'to-verify', of: 'command', keyId: 'key-1', organisationId: 'acme' });
    expect(first).toMatchObject({ revoked: false });
    expect(holds([...KNOWN, disposed(signature())])).toBe(true);
  });

  it.each<[string, string]>([
    ['another ledger', jwsOf({ ...OF, ledger: 'lodebook/fedcba9876543210' })],
    ['another organisation', jwsOf({ ...OF, organisationId: 'acme-2' })],
    ['another key under the same id', jwsOf(OF, OTHER_SEED)],
  ])('hands over what does not hold when it was made for %s', (_what, jws) => {
    expect(holds([...KNOWN, disposed(signature(jws))])).toBe(false);
  });

  it.each<[string, object]>([
    ['grossGrams', { ...BODY, grossGrams: 6 }],
    ['batchId', { ...BODY, batchId: 'b-2' }],
    ['reason', { ...BODY, reason: 'Stolen' }],
    ['a field more', { ...BODY, documents: [] }],
  ])('finds that it is of another command: %s', (_what, data) => {
    expect(findingOf([...KNOWN, disposed(signature(), data)])).toBe('signature-elsewhere');
  });

  it('finds keys that the organisation had not registered', () => {
    expect(findingOf([...KNOWN, disposed(signature(jwsOf(OF, SEED, 'key-2')))])).toBe('signing-key-unknown');
    expect(findingOf([siteOpened, disposed(signature())])).toBe('signing-key-unknown');
    expect(findingOf([...KNOWN, disposed(signature(jwsOf(), 'acme-2'))])).toBe('signing-key-unknown');
  });

  it('finds what is no signature of the one algorithm', () => {
    const [, , bytes] = jwsOf().split('.');
    const header = Buffer.from('{"alg":"ES256","kid":"key-1"}').toString('base64url');
    for (const jws of ['', 'x..y', `${header}..${bytes}`]) {
      expect([jws, findingOf([...KNOWN, disposed(signature(jws))])]).toEqual([jws, 'signature-invalid']);
    }
  });

  it('says that a key was revoked from a moment before, and not from one after', () => {
    const revoked = (minute: number) =>
      event('organisation-acme', 'SigningKeyRevoked', { keyId: 'key-1', from: at(minute) }, 4);
    expect(examined([...KNOWN, revoked(3), disposed(signature())])[0]).toMatchObject({ revoked: true });
    expect(examined([...KNOWN, revoked(9), disposed(signature())])[0]).toMatchObject({ revoked: false });
    const known = new Map([['acme/key-1', at(3)]]);
    expect(examined([...KNOWN, disposed(signature())], known)[0]).toMatchObject({ revoked: true });
  });

  it('finds a signature missing once the demand for it has settled, and not before', () => {
    const demanded = event('organisation-acme', 'SigningPolicyChosen', { required: true }, 2);
    expect(findingOf([...KNOWN, demanded, disposed(undefined, BODY, 4)])).toBe('signature-missing');
    expect(examined([...KNOWN, demanded, disposed(undefined, BODY, 2)])).toEqual([]);
    expect(examined([...KNOWN, disposed(undefined)])).toEqual([]);
  });

  it('examines nothing when the ledger is not known', () => {
    const examiner = new SignatureExaminer(undefined);
    for (const each of [...KNOWN, disposed(signature('x'))]) expect(examiner.examine(each)).toEqual([]);
  });
});

describe('the examination of a key', () => {
  it('hands over its proof, which holds', () => {
    expect(examined([registered()])[0]).toMatchObject({ kind: 'to-verify', of: 'key', keyId: 'key-1' });
    expect(holds([registered()])).toBe(true);
  });

  it('hands over what does not hold when the proof was made for another ledger or organisation', () => {
    expect(holds([registered(SEED, { ...OF, ledger: 'lodebook/fedcba9876543210' })])).toBe(false);
    expect(holds([registered(SEED, { ...OF, organisationId: 'acme-2' })])).toBe(false);
  });

  it('finds a key without a proof, or with the proof of another id', () => {
    const { keyId, publicKey, proof } = proveKey({ ...OF, keyId: 'key-2' }, SEED);
    const key = (data: object) => event('organisation-acme', 'SigningKeyRegistered', data, 1);
    expect(findingOf([key({ keyId, publicKey })])).toBe('signing-key-unproved');
    expect(findingOf([key({ keyId: 'key-1', publicKey, proof })])).toBe('signing-key-unproved');
    expect(findingOf([key({ keyId, publicKey, proof: `${proof}x` })])).toBe('signing-key-unproved');
  });
});
