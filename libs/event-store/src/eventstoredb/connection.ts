import { setTimeout } from 'node:timers/promises';
import { EventStoreDBClient } from '@eventstore/db-client';
import { EventStoreError } from '../event-store-error.js';

/**
 * Connects with one call for each append, where the client by itself sends the appends of the process over calls that they
 * share. Those cannot be kept from harm: an append has no deadline and can wait for ever; when one call breaks, appends on
 * others are rejected too, to whatever server, and the answer that then comes for one of them is an exception nobody can
 * catch; a failed question for the server's features fails all appends from then on (`client-traps.int.spec.ts`).
 *
 * `throwOnAppendFailure` is on by default. Without it the client gives wrong revisions of conflicts.
 * @param url `kurrentdb://` is taken for `esdb://`: the server was renamed, its protocol stayed.
 * @throws EventStoreError `store-unavailable` when it is no connection string or turns `throwOnAppendFailure` off.
 */
export function connect(url: string): EventStoreDBClient {
  if (/throw[-_]?on[-_]?append[-_]?failure=false/i.test(url)) {
    throw new EventStoreError('store-unavailable', 'the connection string must leave throwOnAppendFailure on');
  }
  const client = parsed(url.replace(/^kurrentdb(?=\+|:)/, 'esdb'));
  client['supports'] = () => Promise.resolve(false);
  return client;
}

function parsed(url: string): EventStoreDBClient {
  try {
    return EventStoreDBClient.connectionString(url);
  } catch {
    // The client's error shows the connection string, which may hold a password.
    throw new EventStoreError('store-unavailable', 'the connection string of EventStoreDB cannot be read');
  }
}

/** Longest wait for the client to end its calls, in milliseconds: one that was left half read can keep it for ever. */
const LONGEST_FAREWELL_MS = 2_000;

/** Ends the calls, and the connection: dispose() alone leaves the socket open. */
export async function disconnect(client: EventStoreDBClient): Promise<void> {
  const farewell = new AbortController();
  const patience = setTimeout(LONGEST_FAREWELL_MS, undefined, { signal: farewell.signal }).catch(() => undefined);
  await Promise.race([client.dispose(), patience]);
  farewell.abort();
  (await client['getChannel']()).close();
}
