import { type AnyEvent, type LedgerEvent } from '../ledger-event.js';

/**
 * Which events of a stream are corrected, and by what. Fed with every `RecordCorrected` in log order; of several for one
 * event the latest wins. A correction that names a correction means the event at the root.
 */
export class Corrections {
  /** Root event id → the data in force. */
  private readonly replacements = new Map<string, Record<string, unknown>>();
  /** Correction's event id → root event id. Roots are resolved when noted, so no chain is ever walked, or endless. */
  private readonly roots = new Map<string, string>();

  /** Takes note of a `RecordCorrected`; other events are nothing to it. A correction that names itself corrects nothing. */
  note({ id, type, data }: LedgerEvent<AnyEvent>): void {
    if (type !== 'RecordCorrected') return;
    const { eventId, replacement } = data as { eventId: string; replacement: Record<string, unknown> };
    const root = this.rootOf(eventId);
    if (root === id) return;
    this.roots.set(id, root);
    this.replacements.set(root, replacement);
  }

  /** The event that a correction naming `eventId` means: itself, or the root when it is a correction noted before. */
  rootOf(eventId: string): string {
    return this.roots.get(eventId) ?? eventId;
  }

  /** The event with the data in force; its id, place, occurredAt and everything else stay its own. */
  effective<E extends { readonly id: string; readonly data: unknown }>(event: E): E {
    const replacement = this.replacements.get(event.id);
    // The door has checked the replacement against the shape of this event's type.
    return replacement === undefined ? event : { ...event, data: replacement };
  }

  get size(): number {
    return this.replacements.size;
  }

  /** Plain JSON of it. */
  toJSON(): { replacements: Record<string, Record<string, unknown>>; roots: Record<string, string> } {
    return { replacements: Object.fromEntries(this.replacements), roots: Object.fromEntries(this.roots) };
  }

  /** The corrections that `toJSON` gave. */
  static from(json: ReturnType<Corrections['toJSON']>): Corrections {
    const corrections = new Corrections();
    for (const [root, replacement] of Object.entries(json.replacements))
      corrections.replacements.set(root, replacement);
    for (const [id, root] of Object.entries(json.roots)) corrections.roots.set(id, root);
    return corrections;
  }
}
