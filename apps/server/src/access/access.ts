import { type AccessLog } from '#audit';
import { type EventStore, type StreamFinding } from '#event-store';
import { type LedgerClock } from '#recording';
import { type Say } from '#following';
import { type Configuration } from '../configuration/configuration.js';
import { type OidcSettings } from '../configuration/oidc-settings.js';
import { AdministratorKey } from './administrator-key.js';
import { Authenticator } from './authenticator.js';
import { KeyDirectory } from './key-directory.js';
import { KeyUses } from './key-uses.js';
import { TokenVerifier } from './token-verifier.js';

/** Who may use one ledger. */
export interface Access {
  readonly administrator: AdministratorKey;
  readonly directory: KeyDirectory;
  readonly uses: KeyUses;
  readonly authenticator: Authenticator;
  /** Undefined: API keys only. */
  readonly oidc: OidcSettings | undefined;
  close(): Promise<void>;
}

interface Opening {
  readonly store: EventStore;
  readonly accessLog: AccessLog;
  readonly configuration: Configuration;
  readonly clock: LedgerClock;
  readonly say: Say;
  /** Called for each event that the log's key has not signed, possibly more than once. */
  readonly found: (finding: StreamFinding) => void;
}

export async function openAccess(opening: Opening): Promise<Access> {
  const { store, accessLog, configuration, clock, say, found } = opening;
  const { administratorKey, dataFolder, oidc } = configuration;
  const administrator = await AdministratorKey.open({ store, accessLog, clock, found, given: administratorKey });
  const directory = await KeyDirectory.open({
    store,
    accessLog,
    found,
    onError: (err) =>
      say('error', 'following the keys that other servers issue and revoke failed and is tried again', { err }),
  });
  const uses = new KeyUses(dataFolder, say);
  const tokens = oidc && new TokenVerifier(oidc);
  return {
    administrator,
    directory,
    uses,
    authenticator: new Authenticator(administrator, directory, uses, tokens),
    oidc,
    async close() {
      uses.close();
      await directory.close();
    },
  };
}
