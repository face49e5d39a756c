import {
  evolveSigning,
  isInForce,
  NO_SIGNING,
  type EventMetadata,
  type Signing,
  type SigningEvent,
  type SigningKey,
} from '#custody';
import { canonicalText, detachedInput, parseDetached, VerificationError } from '#transparency';
import { keyStatement } from './possession.js';
import { restatementOf } from './restatement.js';
import { boundCommand, type SignedCommand } from './signed-command.js';
import { decidingType, demandsSignature, isOfAuthority, signerOf, type Owners } from './signer.js';

/**
 * What can be wrong with a recorded signature. All but the last mean that the ledger recorded something that it must
 * not record:
 * - `signing-key-unproved`: a key was registered without a proof that its registrant possesses it;
 * - `signature-missing`: its organisation demanded one;
 * - `signing-key-unknown`: signed with a key that its organisation had not registered before;
 * - `signature-invalid`: not a signature of that command by that key, for that organisation at this ledger;
 * - `signature-elsewhere`: a signature of a command other than the one recorded;
 * - `signature-revoked`: signed with a key whose revocation takes effect before the event was recorded, whether known
 *   then or only since.
 */
export const SIGNATURE_FINDINGS = [
  'signing-key-unproved',
  'signature-missing',
  'signing-key-unknown',
  'signature-invalid',
  'signature-elsewhere',
  'signature-revoked',
] as const;
export type SignatureFinding = (typeof SIGNATURE_FINDINGS)[number];

/**
 * How long after a demand for signatures an unsigned command may still be recorded, in milliseconds: it was decided before
 * the demand was on disk. Far more than any append takes.
 */
const DEMAND_SETTLES_MS = 60_000;

/** An event with its place in the log, whatever data it has. */
export interface ExaminedEvent {
  readonly id: string;
  readonly stream: string;
  readonly type: string;
  readonly data: unknown;
  readonly metadata: EventMetadata;
}

export type Examined =
  | { readonly kind: 'finding'; readonly finding: SignatureFinding }
  | {
      /** Its form is right; Ed25519 must decide whether the signature is valid. */
      readonly kind: 'to-verify';
      /** The signature of a command, or the proof that comes with a new key. */
      readonly of: 'command' | 'key';
      readonly keyId: string;
      readonly organisationId: string;
      /** 32 bytes in base64url. */
      readonly publicKey: string;
      readonly message: Uint8Array;
      readonly signature: Uint8Array;
      /** Whether the key is known to be revoked for this event. */
      readonly revoked: boolean;
    };

const ORGANISATION = 'organisation-';
const NOTHING: readonly Examined[] = [];
const found = (finding: SignatureFinding): Examined => ({ kind: 'finding', finding });

/**
 * Follows a log from its beginning, or the records of a bundle, and says for each event how its signature has to be
 * checked. Pure; never throws on any data. Memory grows with organisations, sites, attestations and holds, not with
 * events.
 */
export class SignatureExaminer implements Owners {
  readonly #signing = new Map<string, Signing>();
  readonly #organisationOfSite = new Map<string, string>();
  readonly #issuers = new Map<string, string>();
  /** Events of authorities at sites, and corrections of these: id → type. */
  readonly #ofAuthorities = new Map<string, string>();

  readonly #ledger: string | undefined;
  readonly #revocations: ReadonlyMap<string, string>;

  /**
   * @param ledger origin of the log; undefined: not known, and no signature can be examined
   * @param revocations known in advance, of keys that are revoked later in the log: `{organisation}/{keyId}` → from
   */
  constructor(ledger: string | undefined, revocations: ReadonlyMap<string, string> = new Map()) {
    this.#ledger = ledger;
    this.#revocations = revocations;
  }

  organisationOfSite(siteId: string): string | undefined {
    return this.#organisationOfSite.get(siteId);
  }

  issuerOf(attestationId: string): string | undefined {
    return this.#issuers.get(attestationId);
  }

  /** The owner of an examined event: the organisation whose command it is, otherwise that of whoever recorded it. */
  ownerOf({ id, stream, type, metadata }: ExaminedEvent): string | undefined {
    const actor: EventMetadata['actor'] | object = isObject(metadata) && isObject(metadata.actor) ? metadata.actor : {};
    const { organisation } = actor as { organisation?: string };
    return signerOf({ stream, type: this.#ofAuthorities.get(id) ?? type, actor }, this) ?? organisation;
  }

  /** Takes the next event in log order. @returns nothing when it is not signed and need not be */
  examine(event: ExaminedEvent): readonly Examined[] {
    if (!isObject(event.metadata)) return NOTHING;
    this.#learnOwners(event);
    const decides = this.#decidingType(event);
    const command = this.#ledger === undefined ? undefined : this.#examine(event, decides, this.#ledger);
    const key = this.#ledger === undefined ? undefined : examineKey(event, this.#ledger);
    this.#learnKeys(event);
    if (command === undefined && key === undefined) return NOTHING;
    return [command, key].filter((examined) => examined !== undefined);
  }

  #examine({ stream, type, data, metadata }: ExaminedEvent, decides: string, ledger: string): Examined | undefined {
    const signature: unknown = metadata.signature;
    const fact = { stream, type: decides, actor: isObject(metadata.actor) ? metadata.actor : {} };
    const organisationId = signerOf(fact, this);
    const signing = this.#signing.get(organisationId ?? '') ?? NO_SIGNING;
    if (signature === undefined) {
      return demandsSignature(fact) && isDemanded(signing, metadata.recordedAt)
        ? found('signature-missing')
        : undefined;
    }
    if (!isObject(signature) || organisationId === undefined || signature['organisationId'] !== organisationId) {
      return found('signing-key-unknown');
    }
    const { jws, command } = signature;
    if (typeof jws !== 'string' || !isObject(command) || !isObject(data)) return found('signature-invalid');
    try {
      const { keyId, signature: bytes } = parseDetached(jws);
      const key = signing.keys.find((each) => each.keyId === keyId);
      if (!key) return found('signing-key-unknown');
      const recorded = { stream, type, data, occurredAt: metadata.occurredAt };
      const restated = restatementOf(recorded, command as unknown as SignedCommand);
      if (restated === undefined || canonicalText(restated) !== canonicalText(command)) {
        return found('signature-elsewhere');
      }
      return {
        kind: 'to-verify',
        of: 'command',
        keyId,
        organisationId,
        publicKey: key.publicKey,
        message: detachedInput(jws, boundCommand(command as unknown as SignedCommand, { ledger, organisationId })),
        signature: bytes,
        revoked: !isInForce(this.#withRevocation(organisationId, key), metadata.recordedAt),
      };
    } catch (error) {
      if (error instanceof VerificationError) return found('signature-invalid');
      throw error;
    }
  }

  #withRevocation(organisationId: string, key: SigningKey): SigningKey {
    const from = this.#revocations.get(`${organisationId}/${key.keyId}`);
    if (from === undefined || (key.revokedFrom !== undefined && key.revokedFrom <= from)) return key;
    return { ...key, revokedFrom: from };
  }

  #decidingType({ id, type, data }: ExaminedEvent): string {
    const root = isObject(data) ? this.#ofAuthorities.get(String(data['eventId'])) : undefined;
    const decides = decidingType(type, root);
    if (isOfAuthority(decides)) this.#ofAuthorities.set(id, decides);
    return decides;
  }

  #learnOwners({ stream, type, data }: ExaminedEvent): void {
    if (!isObject(data)) return;
    const id = stream.slice(stream.indexOf('-') + 1);
    const { organisationId, issuerOrganisationId } = data;
    if (type === 'SiteOpened' && stream.startsWith('site-') && typeof organisationId === 'string') {
      this.#organisationOfSite.set(id, organisationId);
    }
    if (type === 'AttestationIssued' && stream.startsWith('attestation-') && typeof issuerOrganisationId === 'string') {
      this.#issuers.set(id, issuerOrganisationId);
    }
  }

  #learnKeys({ stream, type, data, metadata }: ExaminedEvent): void {
    if (!stream.startsWith(ORGANISATION) || !isSigningFact(type, data)) return;
    const organisationId = stream.slice(ORGANISATION.length);
    const event = { type, data } as unknown as SigningEvent;
    const before = this.#signing.get(organisationId) ?? NO_SIGNING;
    this.#signing.set(organisationId, evolveSigning(before, event, metadata.recordedAt));
  }
}

/** The proof of possession that comes with a new signing key. */
function examineKey({ stream, type, data }: ExaminedEvent, ledger: string): Examined | undefined {
  if (type !== 'SigningKeyRegistered' || !stream.startsWith(ORGANISATION)) return undefined;
  const { keyId, publicKey, proof } = isObject(data) ? data : {};
  if (typeof keyId !== 'string' || typeof publicKey !== 'string' || typeof proof !== 'string') {
    return found('signing-key-unproved');
  }
  const organisationId = stream.slice(ORGANISATION.length);
  try {
    const parsed = parseDetached(proof);
    if (parsed.keyId !== keyId) return found('signing-key-unproved');
    const message = detachedInput(proof, keyStatement({ ledger, organisationId, keyId, publicKey }));
    const { signature } = parsed;
    return { kind: 'to-verify', of: 'key', keyId, organisationId, publicKey, message, signature, revoked: false };
  } catch (error) {
    if (error instanceof VerificationError) return found('signing-key-unproved');
    throw error;
  }
}

function isDemanded({ requiredSince }: Signing, recordedAt: string): boolean {
  return requiredSince !== undefined && Date.parse(recordedAt) > Date.parse(requiredSince) + DEMAND_SETTLES_MS;
}

function isSigningFact(type: string, data: unknown): boolean {
  if (!isObject(data)) return false;
  switch (type) {
    case 'SigningKeyRegistered':
      return typeof data['keyId'] === 'string' && typeof data['publicKey'] === 'string';
    case 'SigningKeyRevoked':
      return typeof data['keyId'] === 'string' && typeof data['from'] === 'string';
    case 'SigningPolicyChosen':
      return typeof data['required'] === 'boolean';
    default:
      return false;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
