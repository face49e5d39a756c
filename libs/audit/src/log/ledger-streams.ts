import { type AttestationEvents, type ConcernEvents } from '#attestation';
import { RESERVED_KINDS, type OrganisationEvents, type SiteEvents } from '#custody';
import { type LedgerStreams, type StoredEvent, type StreamFinding } from '#event-store';
import { EVIDENCE_CATEGORIES } from '#read-model';
import { isInstant } from '#vocabulary';

/** Categories of the streams that are not evidence: the first administrator's key, and what was signed. */
const OTHER_CATEGORIES = ['administrator', 'checkpoint'];
export const LEDGER_CATEGORIES: readonly string[] = [...EVIDENCE_CATEGORIES, ...OTHER_CATEGORIES];

/** The event that begins a stream of a category, and occurs nowhere else in it. Streams of other categories may begin with anything. */
const FIRST_TYPE: Readonly<Record<string, string>> = {
  organisation: 'OrganisationRegistered' satisfies keyof OrganisationEvents,
  site: 'SiteOpened' satisfies keyof SiteEvents,
  attestation: 'AttestationIssued' satisfies keyof AttestationEvents,
  concern: 'ConcernRaised' satisfies keyof ConcernEvents,
};
/** Of an id that is reserved: its stream has one event. */
const RESERVED: readonly string[] = RESERVED_KINDS;

const SCHEMA_VERSION = 1;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Tells which streams of a server belong to the configured ledger.
 * @param found as {@link LedgerStreams.found}
 */
export function ledgerStreams(
  { streamPrefix = '' }: { readonly streamPrefix?: string | undefined },
  found?: (finding: StreamFinding) => void,
): LedgerStreams {
  return { prefix: streamPrefix, categories: LEDGER_CATEGORIES, foreign: foreignTo, ...(found && { found }) };
}

/**
 * Why a ledger cannot have written an event, judged from the event alone: every reader of a log must reach the same
 * result, because what is not the ledger's is not a leaf of the tree.
 * @returns undefined when it can
 */
function foreignTo(event: StoredEvent): string | undefined {
  const { id, type, stream, metadata } = event;
  const category = stream.slice(0, stream.indexOf('-'));
  if (!UUID.test(id)) return `${type} with an id that the ledger does not give`;
  if (metadata['schemaVersion'] !== SCHEMA_VERSION || !isInstant(metadata['recordedAt'])) {
    return `${type} without the metadata of the ledger`;
  }
  if (OTHER_CATEGORIES.includes(category)) return undefined; // signed by the ledger, each event
  const { commandId, actor, occurredAt } = metadata;
  const principal = typeof actor === 'object' && actor !== null && 'principal' in actor ? actor.principal : undefined;
  if (
    typeof commandId !== 'string' ||
    !UUID.test(commandId) ||
    typeof principal !== 'string' ||
    !isInstant(occurredAt)
  ) {
    return `${type} without the metadata of a command`;
  }
  return misplaced(event, category);
}

/** Whether an event is where the ledger never appends one. */
function misplaced({ type, stream, revision, data }: StoredEvent, category: string): string | undefined {
  if (RESERVED.includes(category)) {
    const isReservation =
      type === 'IdReserved' && data['kind'] === category && data['id'] === stream.slice(category.length + 1);
    if (isReservation && revision === 0n) return undefined;
    return isReservation ? 'a second reservation of the same id' : `${type} where an id is reserved`;
  }
  const first = FIRST_TYPE[category];
  if (first === undefined || (type === first) === (revision === 0n)) return undefined;
  return revision === 0n ? `${type} before ${first}` : `a second ${first}`;
}
