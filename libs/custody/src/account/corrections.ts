import { type Relied, type Reliance } from '#vocabulary';
import { type AnyEvent, type LedgerEvent } from '../ledger-event.js';

/** One correction of an event. */
export interface CorrectionStep {
  readonly eventId: string;
  /** −1 where the log's order is not known. */
  readonly logIndex: number;
  readonly occurredAt: string;
  readonly replacement: Record<string, unknown>;
}

/** All corrections of an event. */
export interface Corrected {
  /** In log order; the last is in force. */
  readonly steps: readonly CorrectionStep[];
  /** Index of the step that was confirmed last; −1: none was. */
  readonly confirmed: number;
}

/**
 * Which events of a stream are corrected, by what, and what of that somebody else has confirmed. Fed with every
 * `RecordCorrected` and `CorrectionConfirmed` in log order; of several corrections of one event the latest wins. A
 * correction that names a correction means the event at the root.
 */
export class Corrections {
  /** By the event id of the root. */
  readonly #corrected = new Map<string, Corrected>();
  /** Correction's event id → root event id. Roots are resolved when noted: no chain has to be walked, and none can be endless. */
  readonly #roots = new Map<string, string>();

  /** Takes note of an event; other types are ignored. A correction that names itself corrects nothing. */
  note(event: LedgerEvent<AnyEvent> & { readonly logIndex?: number }): void {
    if (event.type === 'RecordCorrected') this.#correct(event);
    else if (event.type === 'CorrectionConfirmed') this.#confirm((event.data as { eventId: string }).eventId);
  }

  /** The event that a correction naming `eventId` means: itself, or the root when it is a correction noted before. */
  rootOf(eventId: string): string {
    return this.#roots.get(eventId) ?? eventId;
  }

  /** The event with the data in force; its id, place, occurredAt and everything else stay its own. */
  effective<E extends { readonly id: string; readonly data: unknown }>(event: E): E {
    const step = this.#corrected.get(event.id)?.steps.at(-1);
    // The replacement was checked against the shape of this event's type before the command was decided.
    return step === undefined ? event : { ...event, data: step.replacement };
  }

  /** The corrections of an event that is not itself a correction. */
  of(rootId: string): Corrected | undefined {
    return this.#corrected.get(rootId);
  }

  get size(): number {
    return this.#corrected.size;
  }

  /** Plain JSON of it. */
  toJSON(): { corrected: Record<string, Corrected>; roots: Record<string, string> } {
    return { corrected: Object.fromEntries(this.#corrected), roots: Object.fromEntries(this.#roots) };
  }

  /** The corrections that `toJSON` gave. */
  static from(json: ReturnType<Corrections['toJSON']>): Corrections {
    const corrections = new Corrections();
    for (const [root, corrected] of Object.entries(json.corrected)) corrections.#corrected.set(root, corrected);
    for (const [id, root] of Object.entries(json.roots)) corrections.#roots.set(id, root);
    return corrections;
  }

  #correct({ id, data, metadata, logIndex = -1 }: LedgerEvent<AnyEvent> & { readonly logIndex?: number }): void {
    const { eventId, replacement } = data as { eventId: string; replacement: Record<string, unknown> };
    const root = this.rootOf(eventId);
    if (root === id) return;
    this.#roots.set(id, root);
    const { steps, confirmed } = this.#corrected.get(root) ?? { steps: [], confirmed: -1 };
    const step = { eventId: id, logIndex, occurredAt: metadata.occurredAt, replacement };
    this.#corrected.set(root, { steps: [...steps, step], confirmed });
  }

  #confirm(eventId: string): void {
    const root = this.rootOf(eventId);
    const corrected = this.#corrected.get(root);
    const confirmed = corrected?.steps.findIndex((step) => step.eventId === eventId) ?? -1;
    if (corrected !== undefined && confirmed >= 0) this.#corrected.set(root, { ...corrected, confirmed });
  }
}

/** For each reliance, the correction that nobody has confirmed. */
export type Unconfirmed = Partial<Record<Reliance, CorrectionStep>>;

/**
 * Which corrections of an event stand unconfirmed: for each reliance in which the data in force differ from those confirmed
 * last (the original, if none were), the first correction since then that said so. Undefined: none.
 * @param original data as recorded
 * @param relied of the event's type, see `reliedOn`
 */
export function unconfirmedIn(
  original: unknown,
  { steps, confirmed }: Corrected,
  relied: (data: unknown) => Relied,
): Unconfirmed | undefined {
  const since = steps.slice(confirmed + 1);
  const last = since.at(-1);
  if (last === undefined) return undefined;
  const settled = relied(steps[confirmed]?.replacement ?? original);
  const said = since.map(({ replacement }) => relied(replacement));
  const unconfirmed: Unconfirmed = {};
  for (const reliance of new Set([...settled.keys(), ...said.at(-1)!.keys()])) {
    const inForce = said.at(-1)!.get(reliance);
    if (inForce === settled.get(reliance)) continue;
    const others = said.findLastIndex((each) => each.get(reliance) !== inForce);
    unconfirmed[reliance] = since[others + 1]!;
  }
  return Object.keys(unconfirmed).length === 0 ? undefined : unconfirmed;
}
