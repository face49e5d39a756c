import { type LedgerEvent, type SiteEvent, type SiteEvents, type SiteEventType } from '../events.js';
import { refusal, type Refusal } from '../refusal.js';
import { refuseRepeated } from './custody-rules.js';

/** What of an event cannot be corrected, since others know the event by it. */
interface Identity<Field extends string = string> {
  /** Fields that stay as they are. */
  readonly fields: readonly Field[];
  /** The list whose batches stay the same, in any order. */
  readonly batches?: Field;
  /** Whether batches may be left out of that list. */
  readonly mayShrink?: true;
}

/**
 * Inputs of a transformation are free: to have written down the wrong batch is what corrections are for. A receipt may
 * turn out to have held less than was written, never what was not sent. Who holds a batch is not for its custodian to say.
 */
const IDENTITY: { readonly [T in Exclude<SiteEventType, 'RecordCorrected'>]: Identity<keyof SiteEvents[T] & string> } =
  {
    SiteOpened: { fields: ['siteId', 'organisationId'] },
    BatchRegistered: { fields: ['batchId'] },
    BatchesTransformed: { fields: ['transformationId'], batches: 'outputs' },
    BatchSplit: { fields: ['batchId'], batches: 'parts' },
    BatchesDispatched: { fields: ['shipmentId', 'consigneeSiteId'], batches: 'batches' },
    BatchesReceived: { fields: ['shipmentId', 'consignorSiteId'], batches: 'batches', mayShrink: true },
    ShipmentRefused: { fields: ['shipmentId'] },
    ShipmentReturned: { fields: ['shipmentId'], batches: 'batches' },
    BatchLabelled: { fields: ['batchId', 'labelId'] },
    LabelRemoved: { fields: ['batchId', 'labelId'] },
    BatchAssayed: { fields: ['batchId'] },
    RecycledContentDeclared: { fields: ['batchId'] },
    BatchHeld: { fields: ['batchId', 'authority'] },
    BatchReleased: { fields: ['batchId'] },
    BatchConsumed: { fields: ['batchId'] },
    BatchDisposed: { fields: ['batchId'] },
  };

/** A replacement that would make another event of it: `invalid-request` at the field. */
export function refuseChangedIdentity(
  original: LedgerEvent<SiteEvent>,
  replacement: Record<string, unknown>,
): Refusal | undefined {
  if (original.type === 'RecordCorrected') return undefined;
  const identity: Identity = IDENTITY[original.type];
  const data: Record<string, unknown> = { ...original.data };
  for (const field of identity.fields) {
    if (replacement[field] !== data[field]) {
      const detail = `The ${field} of an event cannot be corrected.`;
      return refusal('invalid-request', detail, `replacement.${field}`);
    }
  }
  const { batches: list } = identity;
  if (list === undefined) return undefined;
  return refuseChangedBatches(batchIdsOf(data[list]), batchIdsOf(replacement[list]), `replacement.${list}`, identity);
}

function refuseChangedBatches(
  before: readonly string[],
  after: readonly string[],
  path: string,
  { mayShrink }: Pick<Identity, 'mayShrink'>,
): Refusal | undefined {
  const repeated = refuseRepeated(after, (index) => `${path}[${index}].batchId`);
  if (repeated) return repeated;
  const added = after.findIndex((batchId) => !before.includes(batchId));
  if (added >= 0) {
    return refusal('invalid-request', `A correction cannot add ${after[added]}.`, `${path}[${added}].batchId`);
  }
  const dropped = before.find((batchId) => !after.includes(batchId));
  if (dropped !== undefined && mayShrink !== true) {
    return refusal('invalid-request', `A correction cannot leave out ${dropped}.`, path);
  }
  return undefined;
}

function batchIdsOf(list: unknown): string[] {
  return (list as { batchId: string }[]).map(({ batchId }) => batchId);
}
