import {
  factOf,
  type ContentGrams,
  type LedgerEvent,
  type SiteEvent,
  type SiteEvents,
  type SiteEventType,
} from '../events.js';
import { takeContent } from '../masses.js';
import { Corrections } from './corrections.js';
import { COMMANDS_KEPT, initialAccount, SPENT_BATCHES_KEPT, type HeldBatch, type SiteAccount } from './site-account.js';

/** Of the parts of a batch that a later correction says was never here. */
const UNKNOWN_MATERIAL = 'unknown';

type Evolve<T extends SiteEventType> = (account: SiteAccount, data: SiteEvents[T], occurredAt: string) => void;

/**
 * What each event does to the account. A fold never refuses: after a correction the past may have used more than there
 * was, or what was not there; then all that is there is taken, and the claims say that the masses do not add up.
 */
const EVOLVE: { readonly [T in SiteEventType]: Evolve<T> } = {
  SiteOpened(account, { siteId, organisationId, country, activities }, occurredAt) {
    account.siteId = siteId;
    account.organisationId = organisationId;
    account.country = country;
    account.activities = [...activities];
    account.openedAt = occurredAt;
  },
  BatchRegistered(account, { batchId, material, grossGrams, contentGrams }, occurredAt) {
    arrive(account, batchId, newBatch(material, grossGrams, contentGrams, occurredAt));
  },
  BatchesTransformed(account, { inputs, outputs }, occurredAt) {
    for (const { batchId, grossGrams } of inputs) take(account, batchId, grossGrams);
    for (const { batchId, material, grossGrams, contentGrams } of outputs) {
      arrive(account, batchId, newBatch(material, grossGrams, contentGrams, occurredAt));
    }
  },
  BatchSplit(account, { batchId, parts }, occurredAt) {
    const material = account.batches.get(batchId)?.material ?? UNKNOWN_MATERIAL;
    for (const part of parts) {
      const contentGrams = take(account, batchId, part.grossGrams);
      arrive(account, part.batchId, newBatch(material, part.grossGrams, contentGrams, occurredAt));
    }
  },
  BatchesDispatched(account, { batches }) {
    for (const { batchId } of batches) account.batches.delete(batchId);
  },
  BatchesReceived(account, { batches }, occurredAt) {
    for (const { batchId, material, grossGrams, contentGrams, labels } of batches) {
      const present = labels.filter(({ condition }) => condition !== 'missing').map(({ labelId }) => labelId);
      arrive(account, batchId, newBatch(material, grossGrams, contentGrams, occurredAt, present));
    }
  },
  // The shipment was never in this site's custody.
  ShipmentRefused() {},
  ShipmentReturned(account, { batches }, occurredAt) {
    for (const { batchId, material, grossGrams, contentGrams, labels } of batches) {
      arrive(account, batchId, newBatch(material, grossGrams, contentGrams, occurredAt, labels));
    }
  },
  BatchLabelled(account, { batchId, labelId }, occurredAt) {
    account.batches.get(batchId)?.labels.set(labelId, occurredAt);
  },
  LabelRemoved(account, { batchId, labelId }) {
    account.batches.get(batchId)?.labels.delete(labelId);
  },
  BatchAssayed(account, { batchId, contentGrams }) {
    const batch = account.batches.get(batchId);
    if (batch) batch.contentGrams = { ...contentGrams };
  },
  // A claim about the batch, judged by its composition; custody is as before.
  RecycledContentDeclared() {},
  BatchHeld(account, { batchId, authority }, occurredAt) {
    const batch = account.batches.get(batchId);
    if (batch) batch.heldBy = { authority, since: occurredAt };
  },
  BatchReleased(account, { batchId }) {
    delete account.batches.get(batchId)?.heldBy;
  },
  BatchConsumed(account, { batchId, grossGrams }) {
    take(account, batchId, grossGrams);
  },
  BatchDisposed(account, { batchId, grossGrams }) {
    take(account, batchId, grossGrams);
  },
  // Noted in `evolveAccount`, which has the event's id; the replacement acts in its own place when the account is refolded.
  RecordCorrected() {},
};

/**
 * Folds the next event of the site's stream. Owns the account it is given: changes it in place and returns it, since a
 * copy of every batch for every event would make the fold of a busy site quadratic.
 *
 * A `RecordCorrected` changes what happened earlier: after it the account is right only once it has been refolded from the
 * first event with the replacements in place ({@link requiresRefold}, `Corrections.effective`).
 */
export function evolveAccount(account: SiteAccount, event: LedgerEvent<SiteEvent>): SiteAccount {
  const { type, data } = factOf(event);
  apply(account, type, data, event.metadata.occurredAt);
  account.corrections.note(event);
  rememberCommand(account, event);
  account.revision = event.revision;
  return account;
}

/** Whether an account that has folded this event must be folded anew from the start of its stream. */
export function requiresRefold(event: Pick<LedgerEvent<SiteEvent>, 'type'>): boolean {
  return event.type === 'RecordCorrected';
}

/** The account after all events of a stream, corrections in the place of what they correct. Reads them twice. */
export function foldAccount(events: readonly LedgerEvent<SiteEvent>[]): SiteAccount {
  const corrections = new Corrections();
  for (const event of events) corrections.note(event);
  return events.reduce((account, event) => evolveAccount(account, corrections.effective(event)), initialAccount());
}

function apply<T extends SiteEventType>(account: SiteAccount, type: T, data: SiteEvents[T], occurredAt: string): void {
  EVOLVE[type](account, data, occurredAt);
}

function newBatch(
  material: string,
  grossGrams: number,
  contentGrams: ContentGrams,
  arrivedAt: string,
  labels: readonly string[] = [],
): HeldBatch {
  return {
    material,
    grossGrams,
    contentGrams: { ...contentGrams },
    arrivedAt,
    labels: new Map(labels.map((labelId) => [labelId, arrivedAt])),
  };
}

/** Nothing of it arrived: the receipt records its loss, and the batch is spent. */
function arrive(account: SiteAccount, batchId: string, batch: HeldBatch): void {
  if (batch.grossGrams > 0) account.batches.set(batchId, batch);
  else rememberSpent(account, batchId);
}

/** Takes grams of a batch, all that is left when that is less; what it took of each mineral. */
function take(account: SiteAccount, batchId: string, grossGrams: number): ContentGrams {
  const batch = account.batches.get(batchId);
  if (!batch) return {};
  const { taken, rest } = takeContent(batch.contentGrams, Math.min(grossGrams, batch.grossGrams), batch.grossGrams);
  batch.grossGrams = Math.max(0, batch.grossGrams - grossGrams);
  batch.contentGrams = rest;
  if (batch.grossGrams === 0) {
    account.batches.delete(batchId);
    rememberSpent(account, batchId);
  }
  return taken;
}

function rememberSpent(account: SiteAccount, batchId: string): void {
  account.spent.add(batchId);
  if (account.spent.size > SPENT_BATCHES_KEPT) dropOldest(account.spent);
}

function rememberCommand({ commands }: SiteAccount, event: LedgerEvent<SiteEvent>): void {
  const { commandId, requestSha256 } = event.metadata;
  if (commands.has(commandId)) return;
  const { revision, id: eventId, type } = event;
  commands.set(
    commandId,
    requestSha256 === undefined ? { revision, eventId, type } : { revision, eventId, type, requestSha256 },
  );
  if (commands.size > COMMANDS_KEPT) dropOldest(commands);
}

/** Sets and maps keep the order of insertion. */
function dropOldest(kept: Set<string> | Map<string, unknown>): void {
  const oldest = kept.keys().next();
  if (!oldest.done) kept.delete(oldest.value);
}
