import { type EventStore } from '#event-store';
import { generateLedger, type LedgerPlan } from './generate-ledger.js';
import { type GeneratedAppend } from './simulated-ledger.js';

/** Events handed to the store before waiting for it: as many as it commits in one group. */
const EVENTS_UNDER_WAY = 1_000;

/**
 * Writes a generated ledger into an empty store through its port, so that every expected revision is checked.
 * @param done called with the number of durable events
 * @throws PlanError, EventStoreError
 */
export async function writeLedger(
  store: EventStore,
  plan: LedgerPlan,
  done: (events: number) => void = () => undefined,
): Promise<number> {
  let written = 0;
  let waiting: GeneratedAppend[] = [];
  let events = 0;
  const flush = async (): Promise<void> => {
    await Promise.all(waiting.map((append) => store.append(append.stream, append.events, append.expected)));
    written += events;
    waiting = [];
    events = 0;
    done(written);
  };
  for (const append of generateLedger(plan)) {
    waiting.push(append);
    events += append.events.length;
    if (events >= EVENTS_UNDER_WAY) await flush();
  }
  if (events > 0) await flush();
  return written;
}
