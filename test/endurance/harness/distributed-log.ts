import { openEventStore } from '#event-store';
import { type Client } from './client.js';
import { type LoggedEvent } from './journal.js';
import { promise } from './program.js';

/** How long the read model may take to catch up once the event store answers again, milliseconds. */
export const CATCH_UP_MS = 60_000;

/**
 * Waits until the read model has all events and its health and metrics say so.
 * @throws BrokenPromise when that takes more than a minute
 */
export async function caughtUp(client: Client): Promise<void> {
  const until = performance.now() + CATCH_UP_MS;
  for (;;) {
    const { status, body } = await client.get('/health/ready');
    const { eventsBehind } = (body['readModel'] ?? {}) as { eventsBehind?: number };
    if (status === 200 && eventsBehind === 0) break;
    promise(performance.now() < until, () => `the read model is ${eventsBehind} events behind after a minute`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const { text } = (await client.get('/metrics')).body as { text: string };
  promise(/^lodebook_projector_events_behind 0$/m.test(text), () => 'the lag is not told by /metrics');
}

/** The log on the server or cluster that a connection string names. */
export async function logAt(url: string, dataFolder: string): Promise<LoggedEvent[]> {
  const store = await openEventStore(url, { dataFolder });
  try {
    const events: LoggedEvent[] = [];
    for await (const { id, type, position, data } of store.readAll()) events.push({ id, type, position, data });
    return events;
  } finally {
    await store.close();
  }
}
