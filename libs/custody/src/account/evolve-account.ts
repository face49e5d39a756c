import { factOf, type LedgerEvent, type SiteEvent, type SiteEventType, type SiteOpened } from '../events.js';
import { Corrections } from './corrections.js';
import { forgetOldest } from './forget-oldest.js';
import { HOPS } from './hops.js';
import { COMMANDS_KEPT, initialAccount, type SiteAccount } from './site-account.js';

type Evolve = (account: SiteAccount, data: never, occurredAt: string) => void;

const EVOLVE: ReadonlyMap<SiteEventType, Evolve> = new Map([
  ['SiteOpened', open],
  ...HOPS.map(({ slice, evolve }): [SiteEventType, Evolve] => [slice.type, evolve]),
  // Noted in `evolveAccount`, which has the event's id; the replacement acts in its own place when the account is refolded.
  ['RecordCorrected', () => undefined],
  ['CorrectionConfirmed', () => undefined],
]);

function open(account: SiteAccount, data: SiteOpened, occurredAt: string): void {
  account.siteId = data.siteId;
  account.organisationId = data.organisationId;
  account.country = data.country;
  account.activities = [...data.activities];
  account.openedAt = occurredAt;
}

/**
 * Folds the next event of the site's stream. Owns the account it is given: changes it in place and returns it, since a
 * copy of every batch for every event would make the fold of a busy site quadratic.
 *
 * A `RecordCorrected` changes what happened earlier: after it the account is right only once it has been refolded from the
 * first event with the replacements in place ({@link requiresRefold}, `Corrections.effective`).
 */
export function evolveAccount(account: SiteAccount, event: LedgerEvent<SiteEvent>): SiteAccount {
  const { type, data } = factOf(event);
  EVOLVE.get(type)!(account, data as never, event.metadata.occurredAt);
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

function rememberCommand({ commands }: SiteAccount, event: LedgerEvent<SiteEvent>): void {
  const { commandId, requestSha256 } = event.metadata;
  if (commands.has(commandId)) return;
  const { revision, id: eventId, type } = event;
  commands.set(
    commandId,
    requestSha256 === undefined ? { revision, eventId, type } : { revision, eventId, type, requestSha256 },
  );
  if (commands.size > COMMANDS_KEPT) forgetOldest(commands);
}
