import { EventStoreDBClient } from '@eventstore/db-client';

/** The client in use. It reconnects by itself where it notices that it must; {@link renew} is for where it does not. */
export class Connection {
  private current: EventStoreDBClient;
  private readonly retired: EventStoreDBClient[] = [];

  constructor(private readonly url: string) {
    this.current = connect(url);
  }

  get client(): EventStoreDBClient {
    return this.current;
  }

  /**
   * Goes on with a new client unless somebody has done so. The old one is left to its reads and subscriptions: disposing of
   * it would leave them waiting for ever, since it swallows the cancellation.
   */
  renew(failed: EventStoreDBClient): void {
    if (this.current !== failed) return;
    this.retired.push(failed);
    this.current = connect(this.url);
  }

  async close(): Promise<void> {
    for (const client of [...this.retired, this.current]) {
      await client.dispose();
      // dispose() ends the calls and leaves the socket open.
      (await client['getChannel']()).close();
    }
  }
}

/**
 * Without `throwOnAppendFailure`, which is on by default, the client gives 1 for the actual revision of every conflict.
 * @throws Error when the connection string turns it off, or is none.
 */
function connect(url: string): EventStoreDBClient {
  if (/throw[-_]?on[-_]?append[-_]?failure=false/i.test(url)) {
    throw new Error('the connection string must leave throwOnAppendFailure on');
  }
  return EventStoreDBClient.connectionString(url);
}
