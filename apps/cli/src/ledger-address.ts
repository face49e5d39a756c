import { type Configuration } from '../../server/src/index.js';
import { EXIT, fail } from './exit.js';
import { serverOn } from './running-server.js';

export interface LedgerAddress {
  readonly url: string;
  readonly key: string;
}

/**
 * The server that a command goes through, and the key it uses there: a given ledger with its key, or, as the operator,
 * the server running on the data folder.
 * @returns undefined when none is running on the folder: then the command may open it itself
 */
export async function ledgerAddress(
  { dataFolder, administratorKey }: Configuration,
  options: { readonly url?: string; readonly key?: string },
): Promise<LedgerAddress | undefined> {
  if (options.url !== undefined) {
    const key = options.key ?? administratorKey;
    if (key === undefined)
      fail(`give the key for the ledger at ${options.url}: --key or LODEBOOK_ADMIN_KEY`, EXIT.usedWrongly);
    return { url: options.url, key };
  }
  const server = await serverOn(dataFolder);
  return server && { url: server.url, key: options.key ?? server.token };
}
