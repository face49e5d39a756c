import { NO_REVISION, type SiteAccount } from '../account/site-account.js';
import { type LedgerEvent, type ReservedKind, type SiteEvent, type SiteEventType } from '../events.js';
import { refuseOccurredAt, type Moment } from '../occurred-at.js';
import { refusal, refuse, type Decision } from '../refusal.js';
import { type ReservedId } from '../reservation.js';
import { assayBatch } from './assay-batch.js';
import { consumeBatch } from './consume-batch.js';
import { correctRecord } from './correct-record.js';
import { declareRecycledContent } from './declare-recycled-content.js';
import { dispatchBatches } from './dispatch-batches.js';
import { disposeBatch } from './dispose-batch.js';
import { holdBatch, releaseBatch } from './hold-batch.js';
import { labelBatch, removeLabel } from './label-batch.js';
import { receiveBatches } from './receive-batches.js';
import { refuseShipment } from './refuse-shipment.js';
import { registerBatch } from './register-batch.js';
import { returnShipment } from './return-shipment.js';
import { type FactRequest, type Facts, type Slice } from './slice.js';
import { splitBatch } from './split-batch.js';
import { transformBatches } from './transform-batches.js';

/** Every command on a site, by the last word of its path in the API. A new custody hop is registered here, once. */
const COMMANDS = {
  batches: registerBatch,
  transformations: transformBatches,
  splits: splitBatch,
  dispatches: dispatchBatches,
  receipts: receiveBatches,
  refusals: refuseShipment,
  returns: returnShipment,
  labels: labelBatch,
  'label-removals': removeLabel,
  assays: assayBatch,
  declarations: declareRecycledContent,
  consumptions: consumeBatch,
  disposals: disposeBatch,
  holds: holdBatch,
  releases: releaseBatch,
  corrections: correctRecord,
};

export type SiteCommandKind = keyof typeof COMMANDS;
type Parts<K extends SiteCommandKind> =
  (typeof COMMANDS)[K] extends Slice<infer Body, infer Type> ? { body: Body; records: Type } : never;
/** Kind → body. */
export type SiteCommandBodies = { [K in SiteCommandKind]: Parts<K>['body'] };
/** A command on a site; its body is plain JSON of the shape that `docs/api.md` gives, checked at the door. */
export type SiteCommand<K extends SiteCommandKind = SiteCommandKind> = {
  [P in K]: { readonly kind: P; readonly body: SiteCommandBodies[P] };
}[K];

const SLICES: { readonly [K in SiteCommandKind]: Slice<SiteCommandBodies[K], Parts<K>['records']> } = COMMANDS;

export const SITE_COMMAND_KINDS = Object.keys(COMMANDS) as SiteCommandKind[];

/** Ids that the command uses and that must be free, or reserved by this very site and unused, in the whole ledger. */
export function takesOf<K extends SiteCommandKind>(command: SiteCommand<K>): ReservedId[] {
  return SLICES[command.kind].takes(command.body);
}

/** All that must be looked up before {@link decideAtSite}. */
export function needsOf<K extends SiteCommandKind>(command: SiteCommand<K>): FactRequest[] {
  const taken = takesOf(command).map((id) => ({ fact: 'taken' as const, ...id }));
  return [...taken, ...SLICES[command.kind].needs(command.body)];
}

/**
 * Decides one command on what the site has in custody.
 * @param account of the site, up to the revision that the event will be appended after
 * @param facts answers to {@link needsOf}
 * @returns the event to record, or the refusal: `not-found` for a site that was never opened, `occurred-out-of-order`, and
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
  return SLICES[command.kind].decide(command.body, account, facts, moment);
}

/** The type of the event that a command records. */
export function recordedBy(kind: SiteCommandKind): SiteEventType {
  return SLICES[kind].records;
}

const SLICE_BY_EVENT = new Map<SiteEventType, Pick<Slice<never, never>, 'takes'>>(
  Object.values(COMMANDS).map((slice) => [slice.records, slice]),
);

/** Whether this event is the use of that reserved id. */
export function usesReservation(
  event: Pick<LedgerEvent<SiteEvent>, 'type' | 'data'>,
  kind: ReservedKind,
  id: string,
): boolean {
  const used = SLICE_BY_EVENT.get(event.type)?.takes(event.data as never) ?? [];
  return used.some((reserved) => reserved.kind === kind && reserved.id === id);
}
