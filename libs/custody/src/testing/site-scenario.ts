import assert from 'node:assert/strict';
import { foldAccount } from '../account/evolve-account.js';
import { type EventMetadata, type LedgerEvent, type SiteEvent } from '../events.js';
import { type Moment } from '../occurred-at.js';
import { type Decision, type RefusalCode } from '../refusal.js';
import { decideAtSite, type SiteCommand, type SiteCommandKind } from '../site/site-commands.js';
import { noFacts, type Facts } from '../site/slice.js';

/** What is given happened then, unless dated otherwise. */
export const EARLIER = '2025-03-01T08:00:00.000Z';
/** When commands are made, unless said otherwise. */
export const NOW = '2025-06-01T12:00:00.000Z';

/** A given event with a moment or a command of its own. */
export interface Dated {
  readonly event: SiteEvent;
  readonly metadata: Partial<EventMetadata>;
}
export function at(occurredAt: string, event: SiteEvent): Dated {
  return { event, metadata: { occurredAt } };
}

/** The events as a stream would hold them; the n-th has the id `event-n` and comes of `command-n`. */
export function recorded(...given: readonly (SiteEvent | Dated)[]): LedgerEvent<SiteEvent>[] {
  return given.map((item, index) => {
    const { event, metadata } = 'event' in item ? item : { event: item, metadata: {} };
    return {
      id: `event-${index}`,
      stream: 'site-here',
      revision: BigInt(index),
      type: event.type,
      data: event.data,
      metadata: {
        commandId: `command-${index}`,
        actor: { principal: 'tester' },
        occurredAt: EARLIER,
        recordedAt: EARLIER,
        schemaVersion: 1,
        ...metadata,
      },
    };
  });
}

/** A decision as a sentence: `given(events).knowing(facts).when(command).then(event)`. */
export function given(...events: readonly (SiteEvent | Dated)[]): Given {
  return new Given(recorded(...events), noFacts());
}

class Given {
  readonly #events: LedgerEvent<SiteEvent>[];
  readonly #facts: Facts;

  constructor(events: LedgerEvent<SiteEvent>[], facts: Facts) {
    this.#events = events;
    this.#facts = facts;
  }

  knowing(facts: Partial<Facts>): Given {
    return new Given(this.#events, { ...this.#facts, ...facts });
  }

  /** The events of this stream can be named by a correction. */
  knowingItsEvents(): Given {
    return this.knowing({ events: new Map(this.#events.map((event) => [event.id, event])) });
  }

  when<K extends SiteCommandKind>(command: SiteCommand<K>, moment: Partial<Moment> = {}): Outcome<SiteEvent> {
    const circumstances = { occurredAt: NOW, now: NOW, authority: 'authority', ...moment };
    return new Outcome(decideAtSite(command, foldAccount(this.#events), this.#facts, circumstances));
  }
}

/** What a decider answered, to be compared with what it should have. */
export class Outcome<E> {
  readonly #decision: Decision<E>;

  constructor(decision: Decision<E>) {
    this.#decision = decision;
  }

  then(...events: readonly E[]): void {
    assert.deepStrictEqual(this.#decision, { accepted: true, events });
  }

  /** Accepted, whatever the event holds. */
  thenAccepted(): void {
    assert.equal(this.#decision.accepted, true, JSON.stringify(this.#decision));
  }

  thenRefused(code: RefusalCode, path?: string): void {
    assert.equal(this.#decision.accepted, false, `accepted, not refused with ${code}`);
    if (this.#decision.accepted) return;
    const { refusal } = this.#decision;
    assert.deepStrictEqual({ code: refusal.code, path: refusal.path }, { code, path });
    assert.notEqual(refusal.detail, '');
  }
}
