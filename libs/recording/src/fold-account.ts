import {
  Corrections,
  evolveAccount,
  initialAccount,
  type LedgerEvent,
  type SiteAccount,
  type SiteEvent,
} from '#custody';
import { type EventStore, type StoredEvent } from '#event-store';
import { siteStream } from './stream-names.js';

/**
 * A site's account, folded from the first event of its stream with corrections applied. A correction changes events before
 * it, so the stream is read twice: once to collect the corrections, once to fold with them.
 * @param through Revision of the last event that counts; default: the stream's last.
 */
export async function foldAccount(store: EventStore, siteId: string, through?: bigint): Promise<SiteAccount> {
  const events = (): AsyncIterable<StoredEvent> =>
    store.readStream(siteStream(siteId), through === undefined ? {} : { limit: Number(through) + 1 });
  const corrections = new Corrections();
  for await (const event of events()) {
    if (event.type === 'RecordCorrected') corrections.note(siteEvent(event));
  }
  let state = initialAccount();
  for await (const event of events()) state = evolveAccount(state, corrections.effective(siteEvent(event)));
  return state;
}

export function siteEvent(event: StoredEvent): LedgerEvent<SiteEvent> {
  return event as unknown as LedgerEvent<SiteEvent>;
}
