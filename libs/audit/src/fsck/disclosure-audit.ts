import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { withheldIn } from '#custody';
import { type StoredEvent } from '#event-store';
import { erasureStream } from '#recording';
import { DISCLOSURES_FILE, DisclosureStore, type AuditedValue } from '../disclosures/disclosure-store.js';

const ERASURES = erasureStream('');

/** Checks the withheld values that are kept against the records that withhold them. Memory grows with those values. */
export class DisclosureAudit {
  readonly #kept = new Map<string, Map<string, AuditedValue>>();
  readonly #withheld = new Map<string, Set<string>>();
  readonly #erased = new Set<string>();
  readonly #findings: string[] = [];

  readonly #dataFolder: string;

  private constructor(dataFolder: string) {
    this.#dataFolder = dataFolder;
  }

  /**
   * Reads what is kept, before the end of the log is looked up: a value is confirmed once its event is recorded, so that a
   * ledger at work causes no finding.
   */
  static read(dataFolder: string): DisclosureAudit {
    const audit = new DisclosureAudit(dataFolder);
    audit.#read((store) => {
      for (const value of store.audited()) {
        const ofEvent = audit.#kept.get(value.eventId) ?? new Map<string, AuditedValue>();
        audit.#kept.set(value.eventId, ofEvent.set(value.commitment, value));
      }
    });
    return audit;
  }

  /** @param owner the organisation whose value is withheld */
  take({ id, stream, data }: StoredEvent, owner: () => string | undefined): void {
    if (stream.startsWith(ERASURES)) this.#erased.add(stream.slice(ERASURES.length));
    const kept = this.#kept.get(id);
    if (!kept) return;
    const withheld = new Set([...withheldIn(data).values()].map(({ commitment }) => commitment));
    this.#withheld.set(id, withheld);
    for (const { commitment, organisationId } of kept.values()) {
      if (!withheld.has(commitment) || organisationId === owner()) continue;
      this.#find(
        id,
        commitment,
        `is kept as one of ${organisationId ?? 'nobody'}, and is one of ${owner() ?? 'nobody'}`,
      );
    }
  }

  /** Everything found wrong, once the log has been read. */
  findings(): readonly string[] {
    for (const value of this.#values()) {
      const { eventId, commitment, matches } = value;
      const withheld = this.#withheld.get(eventId);
      if (!matches) this.#find(eventId, commitment, 'is not what the record commits to');
      else if (!withheld) this.#find(eventId, commitment, 'is of no record of this log');
      else if (!withheld.has(commitment)) this.#find(eventId, commitment, 'is of nothing that the record withholds');
    }
    if (this.#erased.size === 0) return this.#findings;
    this.#read((store) => {
      for (const { eventId, commitment } of this.#values()) {
        if (!this.#erased.has(eventId) || !store.holds(eventId, commitment)) continue;
        this.#find(eventId, commitment, 'is still there, and the log says that it was erased');
      }
    });
    return this.#findings;
  }

  *#values(): Generator<AuditedValue> {
    for (const ofEvent of this.#kept.values()) yield* ofEvent.values();
  }

  #find(eventId: string, commitment: string, what: string): void {
    this.#findings.push(`the value of event ${eventId} behind the commitment ${commitment} ${what}.`);
  }

  #read(look: (store: DisclosureStore) => void): void {
    if (!existsSync(join(this.#dataFolder, DISCLOSURES_FILE))) return;
    try {
      const store = DisclosureStore.openReadOnly(this.#dataFolder);
      try {
        look(store);
      } finally {
        store.close();
      }
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      this.#findings.push(`${DISCLOSURES_FILE} cannot be read: ${error.message}`);
    }
  }
}

/** SQLite's error for a page or table that is not what it should be. */
export function isUnreadable(error: unknown): error is Error {
  return error instanceof Error && /^SQLITE_/.test(String((error as { code?: unknown }).code));
}
