import { documents, eventRef, identityOf, replacement, text, type Identity } from '#vocabulary';
import { type Corrections } from '../account/corrections.js';
import { HOPS } from '../account/hops.js';
import { type SiteAccount } from '../account/site-account.js';
import { type AnyEvent, type LedgerEvent } from '../ledger-event.js';
import { openSite } from '../organisation/open-site.js';
import { accept, refusal, refuse, type Refusal } from '../refusal.js';
import { refuseRepeated } from './custody-rules.js';
import { siteFact, type Facts, type Slice } from './slice.js';

/**
 * Replaces what an earlier event of this stream says. The masses need not add up afterwards: reality may contradict the
 * past, and the claims downstream will show it. Refuses `not-found` (no such event here), a changed identity or batches
 * named twice (`invalid-request`), an input that was never at the site (`batch-not-here`), and what else is wrong within the
 * replacement alone: `content-over-gross`, `activity-mismatch`.
 */
export const correctRecord = siteFact(
  'RecordCorrected',
  'corrections',
  {
    // When it is itself a correction, the event at the root of the chain is meant.
    eventId: eventRef({ description: 'The event corrected, of the same site' }),
    reason: text({ withholdable: true }),
    replacement: replacement({
      description: 'The corrected data of that event, whole. What its command may withhold, this may withhold in it',
    }),
    documents: documents(),
  },
  {
    summary: 'Correct an earlier record of this site',
    capability: 'correct-records',
    example: {
      site: 'seto-anode',
      body: {
        eventId: 'f1209983-6d56-598b-b49d-ae0346cbff47',
        reason: 'The printed code pointed to the wrong company',
        replacement: {
          batchId: 'anode-c',
          labelId: 'label-anode-c',
          standard: 'gs1-digital-link',
          carrier: 'qr',
          value: 'https://id.example.org/01/09521234543220/10/anode-c',
        },
      },
    },
    needs: ({ eventId }) => [{ fact: 'event', eventId }],
    decide({ eventId, replacement }, account, facts) {
      const original = correctedEvent(eventId, account.corrections, facts);
      if (!original) return refuse(refusal('not-found', `${account.siteId} has no event ${eventId}.`, 'eventId'));
      const problem =
        refuseChangedIdentity(original, replacement) ?? refuseReplacement(original, replacement, account, facts);
      return problem ? refuse(problem) : accept({});
    },
  },
);

const SLICES: ReadonlyMap<string, Pick<Slice, 'refuseReplacement'>> = new Map(
  HOPS.map(({ slice }) => [slice.type, slice as unknown as Pick<Slice, 'refuseReplacement'>]),
);
const IDENTITIES: ReadonlyMap<string, Identity> = new Map(
  [openSite, ...HOPS.map(({ slice }) => slice)].map(({ type, fields }) => [type, identityOf(fields)]),
);

/** The event that a correction of `eventId` replaces: of a correction, the one at its root. A confirmation stands. */
function correctedEvent(
  eventId: string,
  corrections: Corrections,
  { events }: Facts,
): LedgerEvent<AnyEvent> | undefined {
  if (!events.has(eventId)) return undefined;
  const root = events.get(corrections.rootOf(eventId));
  return root?.type === 'RecordCorrected' || root?.type === 'CorrectionConfirmed' ? undefined : root;
}

/** The replacement has the form of the original's data: it was checked against that event's fact before. */
function refuseReplacement(
  { type }: LedgerEvent<AnyEvent>,
  replacement: Record<string, unknown>,
  account: SiteAccount,
  facts: Facts,
): Refusal | undefined {
  return SLICES.get(type)?.refuseReplacement(replacement, account, facts);
}

/** A replacement that would make another event of it: `invalid-request` at the field. */
function refuseChangedIdentity(
  { type, data }: LedgerEvent<AnyEvent>,
  replacement: Record<string, unknown>,
): Refusal | undefined {
  const { fields, lists } = IDENTITIES.get(type) ?? { fields: [], lists: [] };
  const before = data as Record<string, unknown>;
  for (const field of fields) {
    if (!isSame(replacement[field], before[field])) {
      const detail = `The ${field} of an event cannot be corrected.`;
      return refusal('invalid-request', detail, `replacement.${field}`);
    }
  }
  for (const { name, mayShrink } of lists) {
    const path = `replacement.${name}`;
    const problem = refuseOtherBatches(batchIdsOf(before[name]), batchIdsOf(replacement[name]), path, mayShrink);
    if (problem) return problem;
  }
  return undefined;
}

/** @param one an id, a word, or a list of ids */
function isSame(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return one === other;
  return one.length === other.length && one.every((id, index) => id === other[index]);
}

function refuseOtherBatches(
  before: readonly string[],
  after: readonly string[],
  path: string,
  mayShrink: boolean,
): Refusal | undefined {
  const repeated = refuseRepeated(after, (index) => `${path}[${index}].batchId`);
  if (repeated) return repeated;
  const added = after.findIndex((batchId) => !before.includes(batchId));
  if (added >= 0) {
    return refusal('invalid-request', `A correction cannot add ${after[added]}.`, `${path}[${added}].batchId`);
  }
  const dropped = before.find((batchId) => !after.includes(batchId));
  if (dropped !== undefined && !mayShrink) {
    return refusal('invalid-request', `A correction cannot leave out ${dropped}.`, path);
  }
  return undefined;
}

function batchIdsOf(list: unknown): string[] {
  return (list as { batchId: string }[]).map(({ batchId }) => batchId);
}
