import { type Sent } from '#vocabulary';
import { HOPS, type Hop } from '../account/hops.js';
import { NO_REVISION, type SiteAccount } from '../account/site-account.js';
import { type LedgerEvent, type ReservedKind, type SiteEvent, type SiteEventType } from '../events.js';
import { refuseOccurredAt, type Moment } from '../occurred-at.js';
import { refusal, refuse, type Decision } from '../refusal.js';
import { type ReservedId } from '../reservation.js';
import { confirmCorrection } from './confirm-correction.js';
import { correctRecord } from './correct-record.js';
import { type FactRequest, type Facts, type Slice } from './slice.js';

/** What can be recorded at a site that is open: every custody hop, corrections and confirmations of them. */
export const SITE_SLICES = [...HOPS.map(({ slice }) => slice), correctRecord, confirmCorrection];
type SiteSlice = Hop['slice'] | typeof correctRecord | typeof confirmCorrection;

export type SiteCommandKind = SiteSlice['kind'];
/** Kind → body. */
export type SiteCommandBodies = { [S in SiteSlice as S['kind']]: Sent<S> };
/** A command on a site; its body is plain JSON of the shape that `docs/api.md` gives, already checked. */
export type SiteCommand<K extends SiteCommandKind = SiteCommandKind> = {
  [P in K]: { readonly kind: P; readonly body: SiteCommandBodies[P] };
}[K];

/** A slice with the types of its fields hidden. */
type AnySlice = Omit<Slice<SiteEventType, SiteCommandKind>, 'takes' | 'needs' | 'decide'> & {
  takes(named: never): ReservedId[];
  needs(body: never): FactRequest[];
  decide(body: never, account: SiteAccount, facts: Facts, moment: Moment): Decision<unknown>;
};
const SLICES = new Map<string, AnySlice>(SITE_SLICES.map((slice) => [slice.kind, slice as unknown as AnySlice]));

function sliceOf(kind: SiteCommandKind): AnySlice {
  const slice = SLICES.get(kind);
  if (!slice) throw new Error(`no command ${kind}`);
  return slice;
}

export const SITE_COMMAND_KINDS = [...SLICES.keys()] as SiteCommandKind[];

/** Ids that the command uses and that must be free, or reserved by this very site and unused, in the whole ledger. */
export function takesOf<K extends SiteCommandKind>(command: SiteCommand<K>): ReservedId[] {
  return sliceOf(command.kind).takes(command.body as never);
}

/** All that must be looked up before {@link decideAtSite}. */
export function needsOf<K extends SiteCommandKind>(command: SiteCommand<K>): FactRequest[] {
  const taken = takesOf(command).map((id) => ({ fact: 'taken' as const, ...id }));
  return [...taken, ...sliceOf(command.kind).needs(command.body as never)];
}

/** Whether {@link needsOf} asks for more than whether ids are free. */
export function needsRecords<K extends SiteCommandKind>(command: SiteCommand<K>): boolean {
  return sliceOf(command.kind)
    .needs(command.body as never)
    .some(({ fact }) => fact !== 'taken');
}

/**
 * Decides one command on what the site has in custody.
 * @param account of the site, up to the revision that the event will be appended after
 * @param facts answers to {@link needsOf}
 * @returns the event to record, or the refusal: `not-found` for a site that was never opened, `occurred-out-of-order`,
 *   `site-held`, and
 *   what the slice of the command refuses
 */
export function decideAtSite<K extends SiteCommandKind>(
  command: SiteCommand<K>,
  account: SiteAccount,
  facts: Facts,
  moment: Moment,
): Decision<SiteEvent> {
  if (account.revision === NO_REVISION) return refuse(refusal('not-found', 'There is no such site.'));
  // The opening itself is bookkeeping: a site may have worked before the ledger knew of it, so nothing is too early for it.
  const early = refuseOccurredAt(moment);
  if (early) return refuse(early);
  const slice = sliceOf(command.kind);
  if (account.heldBy && slice.capability === 'record-custody') {
    return refuse(refusal('site-held', `${account.siteId} is held by ${account.heldBy.authority}.`));
  }
  return slice.decide(command.body as never, account, facts, moment) as Decision<SiteEvent>;
}

/** The type of the event that a command records. */
export function recordedBy(kind: SiteCommandKind): SiteEventType {
  return sliceOf(kind).type;
}

const SLICE_BY_EVENT = new Map([...SLICES.values()].map((slice) => [slice.type, slice]));

/** Ids that were free before the event, in the whole ledger. None for an event that no command at a site records. */
export function takenBy({ type, data }: Pick<LedgerEvent<SiteEvent>, 'type' | 'data'>): ReservedId[] {
  return SLICE_BY_EVENT.get(type)?.takes(data as never) ?? [];
}

/** Whether this event is the use of that reserved id. */
export function usesReservation(
  event: Pick<LedgerEvent<SiteEvent>, 'type' | 'data'>,
  kind: ReservedKind,
  id: string,
): boolean {
  return takenBy(event).some((reserved) => reserved.kind === kind && reserved.id === id);
}
