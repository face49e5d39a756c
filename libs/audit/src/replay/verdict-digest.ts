import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';
import { type ClaimsVerdict } from '#claims';
import { canonicalText } from '#transparency';
import { VerdictTexts } from './verdict-text.js';

/** Characters of verdicts kept in memory for all batches together; the rest goes to disk. */
const CHARACTERS_KEPT = 8 * 1024 * 1024;
/** Different lists of claims kept; a ledger's batches have a handful, unless every claim is measured. */
const LISTS_KEPT = 1_000;
/** Of the temporary database, kilobytes: what is sorted in memory before it is merged. */
const PAGE_CACHE_KB = 4_096;
/** Batches of one step of the digest. */
const BATCHES_A_STEP = 256;
/** Characters hashed at a time. */
const CHARACTERS_HASHED = 64 * 1024;
const SURROGATE = /[\ud800-\udfff]/;

/** The verdicts of a batch. */
export interface BatchLines {
  readonly batchId: string;
  /** A line for each: {@link VerdictLines}. */
  text: string;
}

/** Where the verdicts of a ledger go to become its digest; those of a batch come one after another. */
export interface VerdictSink {
  /** Batches judged so far. */
  readonly batches: number;
  /**
   * @returns what to wait for before the next, if anything
   * @throws VerificationError `lone-surrogate` for an id or a text that is not Unicode
   */
  take(verdict: ClaimsVerdict): Promise<void> | undefined;
  /** The digest once all are taken. @param step is told how many batches are in it so far, and may take a turn */
  digest(step: (digested: number) => Promise<void>): Promise<string>;
  close(): void;
}

/**
 * Verdicts as lines: the claims, or their place among the lists kept, a tab, the rest of the verdict's text. Canonical JSON
 * escapes tabs and newlines, so the text contains neither.
 */
export class VerdictLines {
  /** Of claims, which many verdicts have in common. */
  readonly lists: string[] = [];
  readonly #texts = new VerdictTexts();
  readonly #places = new Map<string, number>();

  /** @throws VerificationError `lone-surrogate` for an id or a text that is not Unicode */
  lineOf(verdict: ClaimsVerdict): string {
    if (SURROGATE.test(verdict.batchId)) canonicalText(verdict.batchId); // a lone one has no UTF-8 to sort by
    const { claims, rest } = this.#texts.partsOf(verdict);
    return `${this.#placeOf(claims) ?? claims}\t${rest}\n`;
  }

  #placeOf(claims: string): number | undefined {
    if (claims === '') return undefined;
    const known = this.#places.get(claims);
    if (known !== undefined || this.lists.length >= LISTS_KEPT) return known;
    this.#places.set(claims, this.lists.length);
    return this.lists.push(claims) - 1;
  }
}

/**
 * SHA-256 over the canonical verdicts of a ledger, each with a newline, by batch (UTF-8 order), then in the order in which
 * they came. Batches come in any order: they are judged while their chains are in memory. Memory is bounded: the rest goes to
 * a temporary database, which is deleted when this is closed.
 */
export class VerdictDigest implements VerdictSink {
  readonly #lines = new VerdictLines();
  readonly #lists: string[] = [];
  #kept: BatchLines[] = [];
  #characters = 0;
  #inUnits = true;
  #batches = 0;
  #spilled: Spilled | undefined;

  readonly #charactersKept: number;

  constructor(charactersKept = CHARACTERS_KEPT) {
    this.#charactersKept = charactersKept;
  }

  get batches(): number {
    return this.#batches;
  }

  take(verdict: ClaimsVerdict): undefined {
    this.#add(verdict.batchId, this.#lines.lineOf(verdict));
  }

  /** Takes lines that were made elsewhere. @param lists that those have in addition to those before */
  takeLines(lines: readonly BatchLines[], lists: readonly string[]): void {
    this.#lists.push(...lists);
    for (const { batchId, text } of lines) this.#add(batchId, text);
  }

  #add(batchId: string, text: string): void {
    const last = this.#kept.at(-1);
    this.#characters += text.length;
    if (last?.batchId === batchId) {
      last.text += text;
      return;
    }
    this.#batches++;
    this.#inUnits &&= !SURROGATE.test(batchId);
    if (this.#characters > this.#charactersKept) this.#spill();
    this.#kept.push({ batchId, text });
  }

  /** {@link digest} in one go. */
  digestAtOnce(): string {
    const steps = this.digestByStep();
    for (;;) {
      const next = steps.next();
      if (next.done === true) return next.value;
    }
  }

  async digest(step: (digested: number) => Promise<void>): Promise<string> {
    const steps = this.digestByStep();
    for (;;) {
      const next = steps.next();
      if (next.done === true) return next.value;
      await step(next.value);
    }
  }

  /** The digest, hexadecimal, once all are taken: in steps of a few milliseconds, each with the number of batches so far. */
  *digestByStep(): Generator<number, string> {
    const hash = createHash('sha256');
    const lists = [...this.#lists, ...this.#lines.lists];
    // Many short pieces are hashed as one text: a call takes longer than to hash its few hundred bytes.
    let joined = '';
    let done = 0;
    for (const { batchId, text } of this.#inOrder()) {
      const begin = `{"batchId":${canonicalText(batchId)},"claims":[`;
      for (let start = 0; start < text.length;) {
        const tab = text.indexOf('\t', start);
        const end = text.indexOf('\n', tab) + 1;
        const claims = text.slice(start, tab);
        // A list of claims is empty, or begins with a brace.
        const list = claims === '' || claims.startsWith('{') ? claims : lists[Number(claims)]!;
        joined += begin + list + text.slice(tab + 1, end);
        start = end;
      }
      if (joined.length > CHARACTERS_HASHED) {
        hash.update(joined, 'utf8');
        joined = '';
      }
      if (++done % BATCHES_A_STEP === 0) yield done;
    }
    return hash.update(joined, 'utf8').digest('hex');
  }

  close(): void {
    this.#spilled?.close();
  }

  #spill(): void {
    this.#spilled ??= new Spilled();
    this.#spilled.add(this.#kept);
    this.#kept = [];
    this.#characters = 0;
  }

  *#inOrder(): Generator<BatchLines> {
    if (this.#spilled !== undefined) {
      this.#spill();
      yield* this.#spilled.inOrder();
      return;
    }
    // Without surrogates, code units sort like UTF-8 bytes, and comparing them is far faster.
    yield* this.#inUnits
      ? this.#kept.sort((a, b) => (a.batchId < b.batchId ? -1 : 1))
      : this.#kept.sort((a, b) => Buffer.compare(Buffer.from(a.batchId), Buffer.from(b.batchId)));
  }
}

/** Verdicts on disk, sorted when they are read: SQLite sorts by runs, at bounded memory. */
class Spilled {
  // An empty name is a temporary database: SQLite writes it to disk as it grows, and removes it.
  readonly #database = new Database('');
  readonly #insert: Database.Statement<[string, string]>;

  constructor() {
    this.#database.pragma(`cache_size = -${PAGE_CACHE_KB}`);
    this.#database.pragma('journal_mode = OFF');
    this.#database.exec('CREATE TABLE verdicts (batch TEXT NOT NULL, text TEXT NOT NULL)');
    this.#insert = this.#database.prepare('INSERT INTO verdicts (batch, text) VALUES (?, ?)');
  }

  add(batches: readonly BatchLines[]): void {
    this.#database.transaction(() => {
      for (const { batchId, text } of batches) this.#insert.run(batchId, text);
    })();
  }

  *inOrder(): Generator<BatchLines> {
    const rows = this.#database.prepare<[], [string, string]>('SELECT batch, text FROM verdicts ORDER BY batch').raw();
    for (const [batchId, text] of rows.iterate()) yield { batchId, text };
  }

  close(): void {
    this.#database.close();
  }
}
