import { createHash } from 'node:crypto';
import { type Transaction } from 'kysely';
import { LRUCache } from 'lru-cache';
import { type ViewsSchema } from '../views/schema.js';

/** Characters of a SHA-256 in base64url that name a list: 132 bits. */
const NAME_LENGTH = 22;
/** Characters of the lists whose names are remembered. */
const CHARACTERS_KEPT = 2 * 1024 * 1024;

/**
 * Lists of claims and their verdicts, each stored once: most batches of a ledger have the same verdicts on the forty or so
 * claims of a programme as many others.
 */
export class ClaimLists {
  readonly #names = new LRUCache<string, string>({
    maxSize: CHARACTERS_KEPT,
    sizeCalculation: (_, { length }) => length + 1,
  });

  /** @param claims `VerdictRow.claims` */
  nameOf(claims: string): string {
    let name = this.#names.get(claims);
    if (name === undefined) {
      name = createHash('sha256').update(claims).digest('base64url').slice(0, NAME_LENGTH);
      this.#names.set(claims, name);
    }
    return name;
  }

  async write(tx: Transaction<ViewsSchema>, texts: ReadonlySet<string>): Promise<void> {
    if (texts.size === 0) return;
    const rows = [...texts].map((claims) => ({ claim_list: this.nameOf(claims), claims }));
    await tx
      .insertInto('claim_lists')
      .values(rows)
      .onConflict((conflict) => conflict.column('claim_list').doNothing())
      .execute();
  }
}
