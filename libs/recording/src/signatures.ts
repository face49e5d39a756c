import { LRUCache } from 'lru-cache';
import {
  evolveOrganisation,
  initialOrganisation,
  isInForce,
  NO_REVISION,
  refusal,
  type CommandSignature,
  type LedgerEvent,
  type OrganisationEvent,
  type RefusalCode,
  type Signing,
} from '#custody';
import { type EventStore } from '#event-store';
import { Follower } from '#following';
import { boundCommand, demandsSignature, signerOf, verifyPossession, type ProvedKey } from '#signing';
import {
  decodeBase64Url,
  parseDetached,
  publicKeyVerifier,
  VerificationError,
  verifyDetached,
  type Ed25519Verifier,
} from '#transparency';
import { refusedBy, type CommandRefused } from './refused.js';
import { actorOf, type CommandContext } from './command-context.js';
import { organisationStream } from './stream-names.js';

/** Organisations whose keys are kept in memory, and parsed keys. */
const KEPT = 5_000;
/**
 * How long cached knowledge of an organisation is used before it is read again, in milliseconds, in case another server's
 * notice of a change was missed. Far shorter than the time that an audit allows a signing policy to take effect.
 */
const LONGEST_TRUST = 45_000;

/** What is about to be recorded. */
export interface ToBeSigned {
  readonly stream: string;
  readonly type: string;
  /** The site's organisation, the attestation's issuer. */
  readonly owner: string | undefined;
}

interface Known {
  readonly signing: Signing;
  /** Of the organisation's stream. */
  readonly revision: bigint;
  /** When the stream was last seen to end there, on the clock of `performance.now()`. */
  seenAt: number;
}

/** Checks at the door that a command is signed as its organisation demands, and that a signature is what it says. */
export class Signatures {
  readonly #known = new LRUCache<string, Known>({ max: KEPT });
  readonly #verifiers = new LRUCache<string, Ed25519Verifier>({ max: KEPT });
  /** Counts what was forgotten, so that a reading that began before does not bring it back. */
  #forgotten = 0;
  #follower: Follower | undefined;
  #begun: Promise<void> | undefined;
  #closed = false;

  readonly #store: EventStore;
  readonly #ledger: string;

  /** @param ledger the origin of its checkpoints, which signatures are bound to */
  constructor(store: EventStore, ledger: string) {
    this.#store = store;
    this.#ledger = ledger;
  }

  /**
   * @param now the ledger's own time: a key that is revoked from a moment before it counts no more
   * @returns the signature to be kept with what is recorded; undefined when there is none, nor need be
   * @throws CommandRefused `signature-required`, `signature-invalid`, `signing-key-unknown`
   */
  async check(
    { stream, type, owner }: ToBeSigned,
    { principal, signature }: Pick<CommandContext, 'principal' | 'signature'>,
    now: string,
  ): Promise<CommandSignature | undefined> {
    const fact = { stream, type, actor: actorOf(principal) };
    const organisationId = signerOf(fact, { organisationOfSite: () => owner, issuerOf: () => owner });
    if (organisationId === undefined) {
      if (signature === undefined) return undefined;
      throw refused('signing-key-unknown', 'This is no command of an organisation that could sign it.');
    }
    const signing = await this.of(organisationId);
    if (signature !== undefined) return this.#verify(organisationId, signing, signature, now);
    if (signing.requiredSince === undefined || !demandsSignature(fact)) return undefined;
    throw refused('signature-required', `${organisationId} demands that its commands are signed.`);
  }

  /**
   * Checks that whoever registers a signing key possesses it.
   * @throws CommandRefused `signature-invalid`
   */
  requirePossession(organisationId: string, { keyId, publicKey, proof }: ProvedKey): void {
    try {
      verifyPossession({ ledger: this.#ledger, organisationId, keyId, publicKey }, proof);
    } catch (error) {
      if (!(error instanceof VerificationError)) throw error;
      const detail = `The proof is not by this key, as ${keyId} of ${organisationId} at ${this.#ledger}: ${error.message}.`;
      throw refusedBy(refusal('signature-invalid', detail, 'proof'));
    }
  }

  /** Whether it is in memory that nothing is signed here and nothing need be. */
  needsNone({ stream, type, owner }: ToBeSigned, { principal, signature }: CommandContext): boolean {
    if (signature !== undefined) return false;
    const organisationId = signerOf(
      { stream, type, actor: principal },
      { organisationOfSite: () => owner, issuerOf: () => owner },
    );
    if (organisationId === undefined) return true;
    const known = this.#known.get(organisationId);
    return known !== undefined && known.signing.requiredSince === undefined && this.#isTrusted(known);
  }

  /** What an organisation has said of its signatures, as the log has it now. */
  async of(organisationId: string): Promise<Signing> {
    const known = this.#known.get(organisationId);
    if (known && (this.#isTrusted(known) || (await this.#isCurrent(organisationId, known)))) return known.signing;
    if (this.#isShared) await (this.#begun ??= this.#follow());
    const begun = this.#forgotten;
    const seenAt = performance.now();
    let organisation = initialOrganisation();
    for await (const event of this.#store.readStream(organisationStream(organisationId))) {
      organisation = evolveOrganisation(organisation, event as unknown as LedgerEvent<OrganisationEvent>);
    }
    const { signing, revision } = organisation;
    if (begun === this.#forgotten && revision !== NO_REVISION) {
      this.#known.set(organisationId, { signing, revision, seenAt });
    }
    return signing;
  }

  /** Something was recorded in the stream. */
  forget(stream: string): void {
    if (!stream.startsWith(organisationStream(''))) return;
    this.#forgotten++;
    this.#known.delete(stream.slice(organisationStream('').length));
  }

  /** Ends the subscription. */
  close(): void {
    this.#closed = true;
    void this.#follower?.stop();
  }

  /** The embedded store has one writer, this process; on a shared log another server may record too. */
  get #isShared(): boolean {
    return this.#store.engine === 'eventstoredb';
  }

  #isTrusted({ seenAt }: Known): boolean {
    return !this.#isShared || performance.now() - seenAt < LONGEST_TRUST;
  }

  async #isCurrent(organisationId: string, known: Known): Promise<boolean> {
    const seenAt = performance.now();
    const last = this.#store.readStream(organisationStream(organisationId), { direction: 'backwards', limit: 1 });
    for await (const event of last) {
      if (event.revision !== known.revision) return false;
      known.seenAt = seenAt;
      return true;
    }
    return false;
  }

  /** Forgets what is known of an organisation when another server records of it, from the log's end on. */
  async #follow(): Promise<void> {
    const store = this.#store;
    try {
      let after = await store.head();
      const forgetAll = (): void => this.#forgetAll();
      this.#follower = new Follower({
        store,
        categories: ['organisation'],
        from: () => (after === undefined ? {} : { after }),
        take: (events) => {
          for (const { stream } of events) this.forget(stream);
          after = events.at(-1)!.position;
        },
        onError: forgetAll,
        onReconnect: forgetAll,
      });
    } catch (error) {
      this.#begun = undefined; // the next look tries again
      throw error;
    }
    if (!this.#closed) this.#follower.start();
  }

  #forgetAll(): void {
    this.#forgotten++;
    this.#known.clear();
  }

  #verify(
    organisationId: string,
    { keys }: Signing,
    { jws, command }: NonNullable<CommandContext['signature']>,
    now: string,
  ): CommandSignature {
    try {
      const { keyId } = parseDetached(jws);
      const key = keys.find((each) => each.keyId === keyId);
      if (!key) throw refused('signing-key-unknown', `${organisationId} has no signing key ${keyId}.`);
      if (!isInForce(key, now)) {
        throw refused('signing-key-unknown', `The signing key ${keyId} is revoked from ${key.revokedFrom} on.`);
      }
      const bound = boundCommand(command, { ledger: this.#ledger, organisationId });
      verifyDetached(jws, bound, this.#verifierOf(key.publicKey));
    } catch (error) {
      if (!(error instanceof VerificationError)) throw error;
      throw refused(
        'signature-invalid',
        `The signature does not hold for ${organisationId} at ${this.#ledger}: ${error.message}.`,
      );
    }
    return { organisationId, jws, command: { ...command } };
  }

  #verifierOf(publicKey: string): Ed25519Verifier {
    const kept = this.#verifiers.get(publicKey);
    if (kept) return kept;
    const bytes = decodeBase64Url(publicKey);
    if (!bytes) throw new VerificationError('key-malformed', 'not the base64url of a key');
    const verifier = publicKeyVerifier(bytes);
    this.#verifiers.set(publicKey, verifier);
    return verifier;
  }
}

function refused(code: RefusalCode, detail: string): CommandRefused {
  return refusedBy(refusal(code, detail));
}
