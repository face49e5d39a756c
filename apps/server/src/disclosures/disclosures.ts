import { Inject, Injectable } from '@nestjs/common';
import { EVERYTHING, may, type Principal } from '#access';
import { type GraphEvent } from '#claims';
import { disclosed, withheldIn, type Withheld } from '#custody';
import { EventStoreError, type EventStore, type JsonObject } from '#event-store';
import { LedgerQueries } from '#read-model';
import {
  actorOf,
  commandIdOf,
  erasureStream,
  eventIdOf,
  LedgerClock,
  newSalt,
  receiptOfAppend,
  SCHEMA_VERSION,
  Signatures,
  type CommandReceipt,
  type Disclosing,
  type Disclosure,
  type DisclosureKeeper,
} from '#recording';
import { erasureCommand } from '#signing';
import { DisclosureStore, type KeptValue } from '#audit';
import { EVENT_STORE } from '../log/event-store.token.js';
import { Problem } from '../problem/problem.js';

const NOTHING: Disclosing = { done: () => undefined, failed: () => undefined };

/** The withheld values of records, for callers that may see them. */
export class DisclosureReader {
  constructor(
    protected readonly store: DisclosureStore,
    protected readonly clock: LedgerClock,
  ) {}

  /** True when nothing is withheld in the whole ledger, or everything was erased. */
  get isEmpty(): boolean {
    return this.store.isEmpty;
  }

  /**
   * The events with the withheld values that the principal may see put in place; undefined when that changes none of
   * them.
   */
  revealed<E extends GraphEvent>(events: readonly E[], principal: Principal): E[] | undefined {
    const values = new Map<string, unknown>();
    for (const event of events) {
      for (const { commitment, value } of this.openingsIn(event.data, principal)) values.set(commitment, value);
    }
    return values.size === 0 ? undefined : events.map((event) => ({ ...event, data: disclosed(event.data, values) }));
  }

  /**
   * What opens the commitments in a record's data, for a principal who sees the record: those of its own organisation,
   * for a regulator all, for anybody those whose time has passed. By path.
   */
  openingsIn(data: unknown, principal: Principal): Disclosure[] {
    return [...withheldIn(data)]
      .flatMap(([path, withheld]) => {
        const kept = this.#shownTo(principal, withheld);
        return kept ? [{ path, ...withheld, salt: kept.salt, value: kept.value }] : [];
      })
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** Any answer with the withheld values that the principal may see put in place. */
  revealedIn<T>(answer: T, principal: Principal): T {
    const values = new Map<string, unknown>();
    for (const withheld of withheldIn(answer).values()) {
      const kept = this.#shownTo(principal, withheld);
      if (kept) values.set(withheld.commitment, kept.value);
    }
    return values.size === 0 ? answer : disclosed(answer, values);
  }

  /** Only the record says until when a value is withheld. */
  #shownTo(principal: Principal, { commitment, until }: Withheld): KeptValue | undefined {
    const kept = this.store.behind(commitment);
    if (!kept) return undefined;
    return isEntitled(kept.organisationId, principal) || this.clock.now() >= until ? kept : undefined;
  }
}

/** Keeps the withheld values of records with the append of their event, and shows them to callers that may see them. */
@Injectable()
export class Disclosures extends DisclosureReader implements DisclosureKeeper {
  readonly #log: EventStore;
  readonly #signatures: Signatures;
  readonly #ledger: LedgerQueries;

  constructor(
    store: DisclosureStore,
    clock: LedgerClock,
    @Inject(EVENT_STORE) log: EventStore,
    signatures: Signatures,
    ledger: LedgerQueries,
  ) {
    super(store, clock);
    this.#log = log;
    this.#signatures = signatures;
    this.#ledger = ledger;
  }

  /**
   * What the principal may have of an event by its id alone, without seeing its record: values of its own organisation,
   * for a regulator all. By path.
   */
  async byId(eventId: string, principal: Principal): Promise<Disclosure[]> {
    const record = await (this.#log.byId?.(eventId) ?? this.#ledger.eventById(EVERYTHING, eventId));
    const kept = new Map(this.store.of(eventId).map((value) => [value.commitment, value]));
    return [...withheldIn(record?.data)]
      .flatMap(([path, withheld]) => {
        const value = kept.get(withheld.commitment);
        if (!value || !isEntitled(value.organisationId, principal)) return [];
        return [{ path, ...withheld, salt: value.salt, value: value.value }];
      })
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** When it returns, the values are on disk and the append may begin. */
  begin(eventId: string, organisationId: string | undefined, disclosures: readonly Disclosure[]): Disclosing {
    if (disclosures.length === 0) return NOTHING;
    const { store } = this;
    store.keep(eventId, organisationId, disclosures);
    return {
      done: (alreadyAppended) =>
        alreadyAppended ? store.drop(eventId, disclosures) : store.confirm(eventId, disclosures),
      failed: (error) => {
        const refused = error instanceof EventStoreError && REFUSED.has(error.code);
        if (refused) store.drop(eventId, disclosures);
      },
    };
  }

  /**
   * Permanently removes the values of an event, after recording that in the log; the record, its proofs and what was
   * derived stay.
   * @param jws detached, over the command that `erasureCommand` makes for the event's id; required by an organisation
   * that demands signatures
   * @throws Problem `not-found` when there are none that the principal may have erased; `signature-required`,
   *   `signature-invalid`, `signing-key-unknown`
   */
  async erase(eventId: string, principal: Principal, jws?: string): Promise<CommandReceipt> {
    const owners = this.store.ownersOf(eventId);
    if (owners.length === 0 || !owners.every((owner) => isEntitled(owner, principal))) {
      throw new Problem('not-found', `Nothing of the event ${eventId} is withheld.`);
    }
    const commandId = commandIdOf(principal.principal, `erasure of ${eventId}`);
    const now = this.clock.now();
    const stream = erasureStream(eventId);
    const signature = await this.#signatures.check(
      { stream, type: 'DisclosuresErased', owner: undefined },
      { principal, signature: jws === undefined ? undefined : { jws, command: erasureCommand(eventId) } },
      now,
    );
    const event = {
      id: eventIdOf(commandId, 0),
      type: 'DisclosuresErased',
      data: { eventId },
      metadata: {
        commandId,
        actor: { ...actorOf(principal) },
        occurredAt: now,
        recordedAt: now,
        schemaVersion: SCHEMA_VERSION,
        salt: newSalt(),
        ...(signature !== undefined && { signature: signature as unknown as JsonObject }),
      },
    };
    const appended = await this.#log.append(stream, [event], 'no-stream');
    this.store.erase(eventId);
    return receiptOfAppend(stream, [event], appended);
  }
}

/** Errors by which the store says that nothing was recorded. */
const REFUSED: ReadonlySet<string> = new Set([
  'revision-conflict',
  'event-id-reused',
  'invalid-event',
  'event-too-large',
  'storage-full',
]);

function isEntitled(organisationId: string | undefined, { role, organisation }: Principal): boolean {
  if (may(role, 'read-any-withheld-value')) return true;
  return may(role, 'read-withheld-values') && organisationId !== undefined && organisation === organisationId;
}
