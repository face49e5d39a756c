import { describe, it, jest } from '@jest/globals';
import { startEventStoreDbCluster, startEventStoreDbDouble } from '../../../../test/eventstoredb-double/index.js';
import { type EngineLimits, eventStoreContract } from '../testing/event-store-contract.js';
import { openEventStoreDb } from './event-store-db.js';

/** The client's transport holds 16 messages, which cannot be set, and its stream two; a message is kept in several forms. */
const LIMITS: EngineLimits = { readAheadEvents: 48, appendsTogether: false };

eventStoreContract(
  'eventstoredb client against the double',
  async () => {
    const double = await startEventStoreDbDouble();
    const store = openEventStoreDb(double.url);
    return {
      store,
      dispose: async () => {
        await store.close();
        await double.stop();
      },
    };
  },
  LIMITS,
);

eventStoreContract(
  'eventstoredb client against the double of a cluster',
  async () => {
    const cluster = await startEventStoreDbCluster({ timing: { noticeMs: 20, electionMs: 20 } });
    // By a node that does not lead: the client is sent to the leader, and finds it.
    const store = openEventStoreDb(cluster.followers[0]!.url);
    return {
      store,
      dispose: async () => {
        await store.close();
        await cluster.stop();
      },
    };
  },
  LIMITS,
);

/** Some write tens of megabytes, and the client encodes them twice. */
jest.setTimeout(120_000);

const serverUrl = process.env.LODEBOOK_EVENTSTORE_URL ?? '';

if (serverUrl.startsWith('esdb')) {
  eventStoreContract(
    'eventstoredb client against the server of LODEBOOK_EVENTSTORE_URL',
    () => {
      const store = openEventStoreDb(serverUrl);
      return Promise.resolve({ store, dispose: () => store.close() });
    },
    LIMITS,
  );
} else {
  describe('event store contract: eventstoredb client against a real server', () => {
    it.skip('needs LODEBOOK_EVENTSTORE_URL, an esdb:// connection string of a server or of the nodes of a cluster: docker compose up eventstore', () =>
      undefined);
  });
}
