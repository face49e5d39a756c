import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createReadStream } from 'node:fs';
import { type CommandSignature } from '#custody';
import { MemoryEventStore, type JsonObject, type StoredEvent } from '#event-store';
import { boundCommand, proveKey, SignatureExaminer, signerOf, type SignedFor } from '#signing';
import { signDetached } from '#transparency';
import { type FactExample } from '#vocabulary';
import { fsck, replay, storeSource, verifyEvidence, type ReplayReport } from '#audit';
import { ProgrammeLibrary, PROGRAMMES_FOLDER } from '#programmes';
import { recordLinesOf } from '../../apps/cli/src/import/import-lines.js';
import { throughDesk } from '../../apps/cli/src/import/through-desk.js';
import { lineGroupsOf } from '../../apps/server/src/index.js';
import { COMMAND_ROUTES } from '../../apps/server/src/intake/command-table.js';
import { DEMONSTRATION } from '../harness/cli.js';
import { RunningLedger } from '../harness/running-ledger.js';
import { signingKeyOf, originOf, signatureFor } from '../harness/signing.js';

interface RecordedEvent {
  readonly type: string;
  readonly eventId: string;
}

const library = ProgrammeLibrary.load(PROGRAMMES_FOLDER);
const SEED = new Uint8Array(32).fill(9);
const KEY_ID = 'all-2026';
const EXAMPLE_KEY = { keyId: 'kurobe-2026', seed: new Uint8Array(32).fill(8) };
/** Commands that no organisation signs, unless whoever records them belongs to one. */
const UNSIGNED =
  /^(organisations|organisations\/:organisation\/accreditations.*|concerns.*|sites\/:site\/((shipment-|site-)?(holds|releases)|confirmations))$/;

/** Commands on concerns and comments made without a key, which nobody signs. */
const WITHOUT_KEY = /^concerns\/:concern\/(declination|comment-(admissions|declinations))$/;

/** All sites of the examples belong to one organisation, and all attestations to another. */
function signerOfExample({ target }: FactExample): string {
  return target.organisation ?? (target.site === undefined ? 'fair-shift' : 'seto');
}

type Altered = (event: StoredEvent) => { data?: JsonObject; metadata?: JsonObject };

describe('a log with every command, signed', () => {
  let ledger: RunningLedger;
  let signed = 0;
  /** The id of the last event that an example recorded, by type. */
  const recorded = new Map<string, string>();
  /** The first event signed by `seto`, which the tests alter, and its log index. */
  let first: { logIndex: number; event: StoredEvent };

  beforeAll(async () => {
    ledger = await RunningLedger.start();
    const { refused } = await recordLinesOf(lineGroupsOf(createReadStream(DEMONSTRATION)), throughDesk(ledger.desk));
    expect(refused).toEqual([]);
    for (const organisation of ['seto', 'fair-shift']) await register(organisation);
    for (const { path, example } of COMMAND_ROUTES) {
      const { target } = example;
      if (WITHOUT_KEY.test(path)) continue;
      const isKey = path === 'organisations/:organisation/signing-keys';
      const body = await bodyOf(path, example);
      const address = path.replaceAll(/:(\w+)/g, (_, name: keyof typeof target) => target[name]!);
      const command = path.split('/').at(-1)!;
      const isSigned = !UNSIGNED.test(path) && !isKey;
      const jws = signatureFor(
        ledger,
        signerOfExample(example),
        { ...target, command, body },
        { keyId: KEY_ID, seed: SEED },
      );
      const { status, body: answer } = await ledger.post(address, body, isSigned ? { 'lodebook-signature': jws } : {});
      if (status !== 201) throw new Error(`${path}: ${status} ${JSON.stringify(answer)}`);
      for (const { type, eventId } of answer['events'] as unknown as RecordedEvent[]) recorded.set(type, eventId);
      if (isSigned) signed++;
      if (path === 'organisations') await register('kurobe');
    }
    let logIndex = 0;
    for await (const { event } of (await storeSource(ledger.ledger.store, undefined, undefined)).records()) {
      if (event.metadata.signature?.organisationId === 'seto') {
        first = { logIndex, event: event as unknown as StoredEvent };
        break;
      }
      logIndex++;
    }
  }, 180_000);
  afterAll(() => ledger.dispose());

  /** The body of the example, with the keys and event ids of this ledger. */
  async function bodyOf(path: string, { target, body }: FactExample): Promise<object> {
    switch (path.split('/').at(-1)) {
      case 'signing-keys':
        return signingKeyOf(ledger, target.organisation!, EXAMPLE_KEY.keyId, EXAMPLE_KEY.seed);
      case 'annulments':
        return { ...body, eventId: recorded.get('FindingRecorded') };
      case 'confirmations':
        return { ...body, eventId: await correctActivities(target.site!) };
      default:
        return body;
    }
  }

  /** Corrects the activities of a site: verdicts rest on them, so it needs a confirmation. @returns the id of the correction */
  async function correctActivities(siteId: string): Promise<string> {
    for await (const { id: eventId, data } of ledger.ledger.store.readStream(`site-${siteId}`, { limit: 1 })) {
      const replacement = { ...data, activities: ['refining', 'storage'] };
      const body = { eventId, replacement, reason: 'It stores what it refines' };
      const command = { site: siteId, command: 'corrections', body };
      const jws = signatureFor(ledger, 'seto', command, { keyId: KEY_ID, seed: SEED });
      const answer = await ledger.post(`sites/${siteId}/corrections`, body, { 'lodebook-signature': jws });
      signed++;
      return (answer.body['events'] as unknown as RecordedEvent[])[0]!.eventId;
    }
    throw new Error(`there is no site ${siteId}`);
  }

  async function register(organisation: string): Promise<void> {
    await ledger.record(`organisations/${organisation}/signing-keys`, signingKeyOf(ledger, organisation, KEY_ID, SEED));
  }

  /** Replays a copy of the log in which a forger changed events. */
  async function replayOf(
    alter: Altered,
    more: (store: MemoryEventStore) => Promise<void> = async () => {},
  ): Promise<ReplayReport> {
    const store = new MemoryEventStore();
    const revisions = new Map<string, bigint>();
    for await (const event of ledger.ledger.store.readAll()) {
      const { stream, id, type, data, metadata } = { ...event, ...alter(event) };
      const { revision } = await store.append(
        stream,
        [{ id, type, data, metadata }],
        revisions.get(stream) ?? 'no-stream',
      );
      revisions.set(stream, revision);
    }
    await more(store);
    return replay(await storeSource(store, undefined, undefined), {
      library,
      programme: 'iso-22095',
      now: new Date().toISOString(),
    });
  }

  const changing =
    (change: (event: StoredEvent) => { data?: JsonObject; metadata?: JsonObject }): Altered =>
    (event) =>
      event.id === first.event.id ? change(event) : {};
  const resigned = (event: StoredEvent, change: object): { metadata: JsonObject } => ({
    metadata: { ...event.metadata, signature: { ...(event.metadata['signature'] as JsonObject), ...change } },
  });

  it('reports of each command that its signature holds and that it was recorded as signed', async () => {
    const { signatures } = await replayOf(() => ({}));
    expect(signed).toBeGreaterThan(20);
    expect(signatures).toEqual({ verified: signed, counts: {}, findings: [] });
  });

  it.each<[string, string, (event: StoredEvent) => { data?: JsonObject; metadata?: JsonObject }]>([
    ['other data', 'signature-elsewhere', ({ data }) => ({ data: { ...data, name: 'Renamed works' } })],
    ['another field', 'signature-elsewhere', ({ data }) => ({ data: { ...data, note: 'added' } })],
    [
      'other data, signed otherwise',
      'signature-invalid',
      (event) => {
        const { command } = event.metadata['signature'] as { command: { body: JsonObject } };
        const body = { ...command.body, name: 'Renamed works' };
        return {
          data: { ...event.data, name: 'Renamed works' },
          ...resigned(event, { command: { ...command, body } }),
        };
      },
    ],
    ['an unknown key', 'signing-key-unknown', (event) => resigned(event, { jws: signDetached({}, 'other', SEED) })],
    [
      'a signature of something else',
      'signature-invalid',
      (event) => resigned(event, { jws: signDetached({}, KEY_ID, SEED) }),
    ],
    ['another organisation', 'signing-key-unknown', (event) => resigned(event, { organisationId: 'fair-shift' })],
    [
      'a signature for another ledger',
      'signature-invalid',
      (event) => resigned(event, { jws: resignedFor(event, { ledger: 'lodebook/elsewhere' }) }),
    ],
    [
      'a signature for another organisation',
      'signature-invalid',
      (event) => resigned(event, { jws: resignedFor(event, { organisationId: 'fair-shift' }) }),
    ],
    ['no JWS', 'signature-invalid', (event) => resigned(event, { jws: 7 })],
    ['nothing', 'signing-key-unknown', ({ metadata }) => ({ metadata: { ...metadata, signature: null } })],
  ])('reveals a forger who wrote %s: %s', async (_name, finding, change) => {
    const { signatures } = await replayOf(changing(change));
    expect(signatures).toEqual({
      verified: signed - 1,
      counts: { [finding]: 1 },
      findings: [{ logIndex: first.logIndex, finding }],
    });
  });

  it.each<[string, (data: JsonObject) => JsonObject]>([
    ['without a proof', ({ keyId, publicKey }) => ({ keyId: keyId!, publicKey: publicKey! })],
    ['with the proof of another key', (data) => ({ ...data, ...provedBy(8), publicKey: data['publicKey']! })],
    ['with a proof for another organisation', (data) => ({ ...data, proof: provedBy(9, 'laoshan').proof })],
    ['with a proof for another ledger', (data) => ({ ...data, proof: provedBy(9, 'seto', 'elsewhere').proof })],
    ['with no JWS', (data) => ({ ...data, proof: 'x' })],
  ])('reveals a ledger that registered a key %s', async (_name, change) => {
    const { signatures } = await replayOf((event) =>
      event.type === 'SigningKeyRegistered' && event.stream === 'organisation-seto' ? { data: change(event.data) } : {},
    );
    expect(signatures.counts).toEqual({ 'signing-key-unproved': 1 });
  });

  function provedBy(seed: number, organisationId = 'seto', origin = originOf(ledger)) {
    return proveKey({ ledger: origin, organisationId, keyId: KEY_ID }, new Uint8Array(32).fill(seed));
  }
  function resignedFor(event: StoredEvent, bound: Partial<SignedFor>): string {
    const { command, organisationId } = event.metadata['signature'] as unknown as CommandSignature;
    const meant = { ledger: originOf(ledger), organisationId, ...bound };
    return signDetached(boundCommand(command as never, meant), KEY_ID, SEED);
  }

  it('reveals a missing signature where signatures were demanded', async () => {
    const demand: Altered = (event) => {
      if (event.type === 'SigningPolicyChosen')
        return { data: { required: true }, metadata: { ...event.metadata, recordedAt: '2026-01-01T00:00:00.000Z' } };
      const { signature, ...metadata } = event.metadata;
      return event.type === 'BatchSplit' && signature ? { metadata } : {};
    };
    const { signatures } = await replayOf(demand);
    expect(signatures.counts['signature-missing']).toBe(1);
  });

  it('reports, once a key is revoked retroactively, what was signed with it', async () => {
    const recordedAt = new Date().toISOString();
    const revocation =
      (from: string) =>
      async (store: MemoryEventStore): Promise<void> => {
        const data = { keyId: KEY_ID, from, reason: 'stolen' };
        const metadata = { ...first.event.metadata, recordedAt } as JsonObject;
        delete (metadata as { signature?: unknown }).signature;
        const event = { id: crypto.randomUUID(), type: 'SigningKeyRevoked', data, metadata };
        let revision: bigint | undefined;
        for await (const last of store.readStream('organisation-seto', { direction: 'backwards', limit: 1 }))
          revision = last.revision;
        await store.append('organisation-seto', [event], revision!);
      };
    const none = await replayOf(() => ({}), revocation('2099-01-01T00:00:00.000Z'));
    expect(none.signatures.counts).toEqual({});
    const all = await replayOf(() => ({}), revocation('2020-01-01T00:00:00.000Z'));
    const revoked = all.signatures.counts['signature-revoked']!;
    expect(revoked).toBeGreaterThan(10);
    expect(all.signatures.verified).toBe(signed);
    expect(all.signatures.findings[0]).toEqual({ logIndex: first.logIndex, finding: 'signature-revoked' });
    expect(all.digest).toBe(none.digest);
  });

  it('passes fsck, and its bundles verify with every signature', async () => {
    await ledger.ledger.audit.signedSize(BigInt(ledger.ledger.projector.logSize));
    const report = await fsck({
      configuration: { eventStoreUrl: 'sqlite:', dataFolder: ledger.folder },
      library,
      now: new Date().toISOString(),
    });
    expect(report).toMatchObject({ findings: [], signatures: { verified: signed, counts: {} } });
    const head = String(await ledger.ledger.store.head());
    const { body } = await ledger.get('batches/kurobe-black-mass-1/evidence', head);
    const key = (await ledger.get('audit/keys')).body['first'] as unknown as string;
    const read = (text: string) =>
      async function* () {
        yield await Promise.resolve(Buffer.from(text));
      };
    const text = body['text'] as unknown as string;
    const { signatures } = await verifyEvidence(read(text), key, library);
    expect(signatures.verified).toBeGreaterThan(10);
    expect(signatures.revoked).toBe(0);
  }, 120_000);
});

describe('the examiner of signatures', () => {
  it('never throws', () => {
    const examiner = new SignatureExaminer('lodebook/any');
    for (const data of [null, 7, [], {}, { keyId: 7 }, { batches: [null] }]) {
      for (const signature of [null, 7, {}, { organisationId: 'a', jws: '..', command: {} }]) {
        for (const type of ['SigningKeyRegistered', 'BatchesReceived', 'SiteOpened', 'Unheard']) {
          for (const stream of ['organisation-a', 'site-a', 'nothing', '']) {
            const metadata = { actor: null, signature } as never;
            expect(Array.isArray(examiner.examine({ id: 'e', stream, type, data, metadata }))).toBe(true);
          }
        }
      }
    }
    expect(signerOf({ stream: 'site-x', type: 'BatchHeld', actor: { organisation: 'customs' } }, examiner)).toBe(
      'customs',
    );
  });
});
