import { type Corrections } from '../account/corrections.js';
import { type SiteAccount } from '../account/site-account.js';
import { type LedgerEvent, type RecordCorrected, type SiteEvent } from '../events.js';
import { accept, refusal, refuse, type Refusal } from '../refusal.js';
import { refuseChangedIdentity } from './corrected-identity.js';
import { firstRefusal, refuseContentOverGross, refuseRepeated } from './custody-rules.js';
import { refuseOrigin } from './register-batch.js';
import { documentsOf, nothing, type Facts, type Slice } from './slice.js';

export type CorrectRecord = RecordCorrected;

/**
 * Replaces what an earlier event of this stream says. The masses need not add up afterwards: reality may contradict the
 * past, and the claims downstream will show it. Refuses `not-found` (no such event here), a changed identity
 * or batches named twice (`invalid-request`), and what else is wrong within the replacement alone: `content-over-gross`, `activity-mismatch`.
 */
export const correctRecord: Slice<CorrectRecord, 'RecordCorrected'> = {
  records: 'RecordCorrected',
  takes: nothing,
  needs: ({ eventId }) => [{ fact: 'event', eventId }],
  decide(body, account, facts) {
    const { eventId, reason, replacement } = body;
    const original = correctedEvent(eventId, account.corrections, facts);
    if (!original) return refuse(refusal('not-found', `${account.siteId} has no event ${eventId}.`, 'eventId'));
    const problem = refuseChangedIdentity(original, replacement) ?? refuseReplacement(original, replacement, account);
    if (problem) return refuse(problem);
    return accept({ type: 'RecordCorrected', data: { eventId, reason, replacement, ...documentsOf(body) } });
  },
};

/** The event that a correction of `eventId` replaces: of a correction, the one at its root. */
function correctedEvent(
  eventId: string,
  corrections: Corrections,
  { events }: Facts,
): LedgerEvent<SiteEvent> | undefined {
  if (!events.has(eventId)) return undefined;
  const root = events.get(corrections.rootOf(eventId));
  return root?.type === 'RecordCorrected' ? undefined : root;
}

/** The replacement has the shape of the original's data: the door has checked it against that event's type. */
function refuseReplacement(
  original: LedgerEvent<SiteEvent>,
  replacement: Record<string, unknown>,
  account: SiteAccount,
): Refusal | undefined {
  const corrected = { type: original.type, data: replacement } as unknown as SiteEvent;
  switch (corrected.type) {
    case 'BatchRegistered': {
      const { origin, contentGrams, grossGrams } = corrected.data;
      return (
        refuseOrigin(origin, account, 'replacement.origin.kind') ??
        refuseContentOverGross(contentGrams, grossGrams, 'replacement.contentGrams')
      );
    }
    case 'BatchesTransformed': {
      const { inputs, outputs } = corrected.data;
      const made = new Set(outputs.map(({ batchId }) => batchId));
      return (
        refuseRepeated(
          inputs.map(({ batchId }) => batchId),
          (index) => `replacement.inputs[${index}].batchId`,
        ) ??
        firstRefusal(inputs, ({ batchId }, index) =>
          made.has(batchId)
            ? refusal('invalid-request', `${batchId} cannot be made of itself.`, `replacement.inputs[${index}].batchId`)
            : undefined,
        ) ??
        firstRefusal(outputs, ({ contentGrams, grossGrams }, index) =>
          refuseContentOverGross(contentGrams, grossGrams, `replacement.outputs[${index}].contentGrams`),
        )
      );
    }
    default:
      return undefined;
  }
}
