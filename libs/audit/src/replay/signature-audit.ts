import { type SigningKeyRevoked } from '#custody';
import {
  SIGNATURE_FINDINGS,
  SignatureExaminer,
  type Examined,
  type ExaminedEvent,
  type SignatureFinding,
} from '#signing';
import {
  decodeBase64Url,
  publicKeyVerifier,
  publicKeyVerifierElsewhere,
  VerificationError,
  type Ed25519Verifier,
} from '#transparency';
import { type SignatureReport } from './replay-report.js';

/** Verifications in progress at the same time: enough for every thread, and a bound on what waits in memory. */
const MOST_UNDER_WAY = 1_024;
/** Findings named one by one; further ones are only counted. */
const MOST_NAMED = 100;

/** What was found of the signatures of a log. It can be handed to another thread. */
export interface SignatureTally {
  readonly verified: number;
  readonly counts: ReadonlyMap<SignatureFinding, number>;
  /** In any order. */
  readonly found: readonly { readonly logIndex: number; readonly finding: SignatureFinding }[];
  /** Revocations that reach back before signatures that were taken: `{organisation}/{keyId}` → from. */
  readonly late: ReadonlyMap<string, string>;
}

type ToVerify = Extract<Examined, { kind: 'to-verify' }>;

/** Back-dated revocations of keys with which commands were signed meanwhile: known only once the log has been read. */
class LateRevocations {
  readonly #lastSigned = new Map<string, string>();
  /** `{organisation}/{keyId}` → from. */
  readonly late = new Map<string, string>();

  note({ stream, type, data, metadata }: ExaminedEvent, examined: readonly Examined[]): void {
    for (const each of examined) {
      if (each.kind !== 'to-verify' || each.of !== 'command') continue;
      this.#lastSigned.set(`${each.organisationId}/${each.keyId}`, metadata.recordedAt);
    }
    if (type !== 'SigningKeyRevoked' || typeof data !== 'object' || data === null) return;
    const { keyId, from } = data as SigningKeyRevoked;
    const key = `${stream.slice('organisation-'.length)}/${keyId}`;
    const before = this.late.get(key);
    if ((this.#lastSigned.get(key) ?? '') >= from && (before === undefined || from < before)) this.late.set(key, from);
  }
}

class SignatureFindings {
  readonly counts = new Map<SignatureFinding, number>();
  readonly found: { logIndex: number; finding: SignatureFinding }[] = [];

  /** They come in any order; if there are many, the first in log order are kept. */
  add(logIndex: number, finding: SignatureFinding): void {
    this.counts.set(finding, (this.counts.get(finding) ?? 0) + 1);
    this.found.push({ logIndex, finding });
    if (this.found.length < MOST_NAMED * 4) return;
    this.found.sort((a, b) => a.logIndex - b.logIndex);
    this.found.length = MOST_NAMED * 2;
  }
}

/** @param again reads the log once more, from its beginning: called only when a revocation is back-dated */
export async function signatureReport(
  { verified, counts, found, late }: SignatureTally,
  ledger: string | undefined,
  again: () => AsyncIterable<ExaminedEvent> | Iterable<ExaminedEvent>,
): Promise<SignatureReport> {
  let all = { counts, found };
  if (late.size > 0) {
    const anew = new SignatureFindings();
    anew.found.push(...found.filter(({ finding }) => finding !== 'signature-revoked'));
    for (const [finding, count] of counts) if (finding !== 'signature-revoked') anew.counts.set(finding, count);
    for await (const logIndex of revokedIn(again(), ledger, late)) anew.add(logIndex, 'signature-revoked');
    all = anew;
  }
  const kinds = SIGNATURE_FINDINGS.filter((finding) => all.counts.has(finding));
  return {
    verified,
    counts: Object.fromEntries(kinds.map((finding) => [finding, all.counts.get(finding)!])),
    findings: [...all.found].sort((a, b) => a.logIndex - b.logIndex).slice(0, MOST_NAMED),
  };
}

/** Examines the signatures of a log as it is read; Ed25519 runs on the threads of the runtime, not on this one. */
export class SignatureAudit {
  readonly #examiner: SignatureExaminer;
  readonly #revocations = new LateRevocations();
  readonly #keys = new Map<string, ReturnType<typeof publicKeyVerifierElsewhere> | undefined>();
  readonly #findings = new SignatureFindings();
  #underWay: Promise<void>[] = [];
  #verified = 0;

  readonly #ledger: string | undefined;

  /** @param ledger origin of the log; undefined: not known, and no signature is examined */
  constructor(ledger: string | undefined) {
    this.#ledger = ledger;
    this.#examiner = new SignatureExaminer(ledger);
  }

  /** Takes the next event. Await {@link settle} when {@link due} says so. */
  take(event: ExaminedEvent, logIndex: number): void {
    const examined = this.#examiner.examine(event);
    this.#revocations.note(event, examined);
    for (const each of examined) {
      if (each.kind === 'finding') this.#findings.add(logIndex, each.finding);
      else this.#underWay.push(this.#verify(each, logIndex));
    }
  }

  /** The organisation of an event: the one whose command it is, else the one of whoever recorded it. */
  ownerOf(event: ExaminedEvent): string | undefined {
    return this.#examiner.ownerOf(event);
  }

  get due(): boolean {
    return this.#underWay.length >= MOST_UNDER_WAY;
  }

  async settle(): Promise<void> {
    await Promise.all(this.#underWay);
    this.#underWay = [];
  }

  /** @param again reads the log once more, from its beginning: called only when a revocation is back-dated */
  async finish(again: () => AsyncIterable<ExaminedEvent> | Iterable<ExaminedEvent>): Promise<SignatureReport> {
    return signatureReport(await this.tally(), this.#ledger, again);
  }

  /** What was found in the events taken. */
  async tally(): Promise<SignatureTally> {
    await this.settle();
    const { counts, found } = this.#findings;
    return { verified: this.#verified, counts, found, late: this.#revocations.late };
  }

  async #verify(task: ToVerify, logIndex: number): Promise<void> {
    const holds = await this.#keyOf(task.publicKey)?.(task.message, task.signature);
    if (!holds) return this.#findings.add(logIndex, findingOf(task));
    if (task.of === 'command') this.#verified++;
    if (task.revoked) this.#findings.add(logIndex, 'signature-revoked');
  }

  #keyOf(publicKey: string): ReturnType<typeof publicKeyVerifierElsewhere> | undefined {
    if (!this.#keys.has(publicKey)) this.#keys.set(publicKey, parsed(publicKey, publicKeyVerifierElsewhere));
    return this.#keys.get(publicKey);
  }
}

/** Findings that depend on other records: an organisation's keys and whether it requires signatures. */
const HANGS_ON_OTHERS: ReadonlySet<SignatureFinding> = new Set(['signature-missing', 'signing-key-unknown']);

/** Verifies the signatures of a bundle's records one by one. */
export class SignatureCheck {
  readonly revocations = new LateRevocations();
  readonly #examiner: SignatureExaminer;
  readonly #keys = new Map<string, Ed25519Verifier | undefined>();
  verified = 0;
  /** By keys of which that was known before. */
  revoked = 0;
  /** Those that cannot be checked, since the records that they depend on may be among the hidden ones. */
  unchecked = 0;

  /** @param ledger origin of the log that the records are of */
  constructor(ledger: string) {
    this.#examiner = new SignatureExaminer(ledger);
  }

  /**
   * @param othersAreHidden records that the signature depends on may be missing
   * @throws Error that begins with the finding; a later revocation of the key is no reason
   */
  take(event: ExaminedEvent, othersAreHidden: boolean): void {
    const examined = this.#examiner.examine(event);
    this.revocations.note(event, examined);
    for (const each of examined) this.#check(each, othersAreHidden);
  }

  #check(examined: Examined, othersAreHidden: boolean): void {
    if (examined.kind === 'finding') {
      if (!othersAreHidden || !HANGS_ON_OTHERS.has(examined.finding)) throw new Error(examined.finding);
      this.unchecked++;
      return;
    }
    const { of, publicKey, message, signature } = examined;
    if (!this.#keys.has(publicKey)) this.#keys.set(publicKey, parsed(publicKey, publicKeyVerifier));
    if (!this.#keys.get(publicKey)?.(message, signature)) throw new Error(findingOf(examined));
    if (of === 'command') this.verified++;
    if (examined.revoked) this.revoked++;
  }
}

/** Explains why a signature is invalid. */
function findingOf({ of }: ToVerify): SignatureFinding {
  return of === 'key' ? 'signing-key-unproved' : 'signature-invalid';
}

/** Log indexes of events that rest on a key revoked for their time. @param late what revocations further on say */
export async function* revokedIn(
  events: AsyncIterable<ExaminedEvent> | Iterable<ExaminedEvent>,
  ledger: string | undefined,
  late: ReadonlyMap<string, string>,
): AsyncGenerator<number> {
  const examiner = new SignatureExaminer(ledger, late);
  let logIndex = 0;
  for await (const event of events) {
    const examined = examiner.examine(event);
    if (examined.some((each) => each.kind === 'to-verify' && each.revoked)) yield logIndex;
    logIndex++;
  }
}

function parsed<T>(publicKey: string, parse: (bytes: Uint8Array) => T): T | undefined {
  const bytes = decodeBase64Url(publicKey);
  try {
    return bytes && parse(bytes);
  } catch (error) {
    if (error instanceof VerificationError) return undefined;
    throw error;
  }
}
