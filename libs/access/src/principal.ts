import { type Role } from './roles.js';

/** The caller of a request. */
export interface Principal {
  /**
   * Stable, and kept with every event it records: `key-<keyId>`, `oidc-<hash of the issuer>-<subject>`, `administrator`
   * (the key of the configuration or of the first start), `operator`, `anyone`.
   */
  readonly principal: string;
  /**
   * `operator` works on the data folder itself and may record everything; `anyone` has no key. Keys cannot have these
   * two roles.
   */
  readonly role: Role | 'operator' | 'anyone';
  /**
   * The organisation that the key belongs to: it acts in its name and sees what it may see. None: the ledger's own key.
   */
  readonly organisation?: string;
}

/** Whoever has the data folder: an import without a server, the demonstration chain. */
export const OPERATOR: Principal = { principal: 'operator', role: 'operator' };

/** Bearer of `LODEBOOK_ADMIN_KEY`, or of the key that the first start made. */
export const ADMINISTRATOR: Principal = { principal: 'administrator', role: 'administrator' };

/** Whoever sends something without a key. Nobody knows who that is, and nothing of it is kept. */
export const ANYONE: Principal = { principal: 'anyone', role: 'anyone' };

export function isAnyone({ role }: Principal): boolean {
  return role === 'anyone';
}
