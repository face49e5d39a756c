import { eventStoreContract } from '../testing/event-store-contract.js';
import { withLedgerFolder } from '../testing/ledger-folder.js';
import { openSqliteEventStore } from './sqlite-event-store.js';

eventStoreContract('sqlite', async () => {
  const folder = withLedgerFolder();
  const store = openSqliteEventStore(folder.ledger);
  return {
    store,
    dispose: async () => {
      await store.close();
      folder.remove();
    },
  };
});
