import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';
import { type ClaimsVerdict } from '#claims';
import { canonicalText } from '#transparency';
import { VerdictTexts } from './verdict-text.js';

/** Characters of verdicts kept in memory for all batches together; the rest goes to disk. */
const CHARACTERS_KEPT = 16 * 1024 * 1024;
/** Different lists of claims kept; a ledger's batches have a handful, unless every claim is measured. */
const LISTS_KEPT = 1_000;
/** Of the temporary database, kilobytes: what is sorted in memory before it is merged. */
const PAGE_CACHE_KB = 16_384;
/** Batches of one step of the digest. */
const BATCHES_A_STEP = 256;
const SURROGATE = /[\ud800-\udfff]/;

interface OfBatch {
  readonly batchId: string;
  /**
   * A line for each verdict: its claims, or their place among the lists kept, a tab, the rest of its text. Canonical JSON
   * escapes tabs and newlines, so the text contains neither.
   */
  text: string;
}

/**
 * SHA-256 over the canonical verdicts of a ledger, each with a newline, by batch (UTF-8 order), then in the order in which
 * they came. Batches come in any order: they are judged while their chains are in memory. Memory is bounded: the rest goes to
 * a temporary database, which is deleted when this is closed.
 */
export class VerdictDigest {
  readonly #texts = new VerdictTexts();
  readonly #places = new Map<string, number>();
  readonly #lists: string[] = [];
  #kept: OfBatch[] = [];
  #characters = 0;
  #inUnits = true;
  #batches = 0;
  #spilled: Spilled | undefined;

  readonly #charactersKept: number;

  constructor(charactersKept = CHARACTERS_KEPT) {
    this.#charactersKept = charactersKept;
  }

  /** Batches judged so far. */
  get batches(): number {
    return this.#batches;
  }

  /**
   * Takes the next verdict; those of a batch come one after another.
   * @throws VerificationError `lone-surrogate` for an id or a text that is not Unicode
   */
  take(verdict: ClaimsVerdict): void {
    const { batchId } = verdict;
    const { claims, rest } = this.#texts.partsOf(verdict);
    const text = `${this.#placeOf(claims) ?? claims}\t${rest}\n`;
    const last = this.#kept.at(-1);
    this.#characters += text.length;
    if (last?.batchId === batchId) {
      last.text += text;
      return;
    }
    this.#batches++;
    if (SURROGATE.test(batchId)) {
      canonicalText(batchId); // a lone surrogate has no UTF-8 to sort by
      this.#inUnits = false;
    }
    if (this.#characters > this.#charactersKept) this.#spill();
    this.#kept.push({ batchId, text });
  }

  /** The digest, hexadecimal, once all are taken. */
  digest(): string {
    const steps = this.digestByStep();
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  }

  /** {@link digest}, which takes a while, in steps of a few milliseconds, each with the number of batches so far. */
  *digestByStep(): Generator<number, string> {
    const hash = createHash('sha256');
    const lists = this.#lists.map((list) => Buffer.from(list, 'utf8'));
    let hashed = 0;
    for (const { batchId, text } of this.#inOrder()) {
      const begin = `{"batchId":${canonicalText(batchId)},"claims":[`;
      for (let start = 0; start < text.length;) {
        const tab = text.indexOf('\t', start);
        const end = text.indexOf('\n', tab) + 1;
        const claims = text.slice(start, tab);
        // A list of claims is empty, or begins with a brace.
        const kept = claims === '' || claims.startsWith('{') ? claims : lists[Number(claims)]!;
        hash
          .update(begin)
          .update(kept)
          .update(text.slice(tab + 1, end));
        start = end;
      }
      if (++hashed % BATCHES_A_STEP === 0) yield hashed;
    }
    return hash.digest('hex');
  }

  close(): void {
    this.#spilled?.close();
  }

  #placeOf(claims: string): number | undefined {
    if (claims === '') return undefined;
    const known = this.#places.get(claims);
    if (known !== undefined || this.#lists.length >= LISTS_KEPT) return known;
    this.#places.set(claims, this.#lists.length);
    return this.#lists.push(claims) - 1;
  }

  #spill(): void {
    this.#spilled ??= new Spilled();
    this.#spilled.add(this.#kept);
    this.#kept = [];
    this.#characters = 0;
  }

  *#inOrder(): Generator<OfBatch> {
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

  add(batches: readonly OfBatch[]): void {
    this.#database.transaction(() => {
      for (const { batchId, text } of batches) this.#insert.run(batchId, text);
    })();
  }

  *inOrder(): Generator<OfBatch> {
    const rows = this.#database.prepare<[], [string, string]>('SELECT batch, text FROM verdicts ORDER BY batch').raw();
    for (const [batchId, text] of rows.iterate()) yield { batchId, text };
  }

  close(): void {
    this.#database.close();
  }
}
