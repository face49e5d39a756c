import { type IdentityProvider } from '../api/answers.js';

/** What is sent to the ledger to be known by: an API key, or a token of an identity provider. */
export interface Credential {
  readonly bearer: string;
  readonly provider?: IdentityProvider;
  /** Milliseconds since 1970; undefined: as long as the ledger takes it. */
  readonly until?: number;
  readonly refreshToken?: string;
}

/** Kept for the tab and no longer; it is in no address and no other storage. */
const STORED = 'lodebook-credential';

export function credentialKept(): Credential | undefined {
  try {
    const kept = JSON.parse(sessionStorage.getItem(STORED) ?? 'null') as Credential | null;
    return kept ?? undefined;
  } catch {
    return undefined;
  }
}

export function keepCredential(credential: Credential | undefined): void {
  if (credential) sessionStorage.setItem(STORED, JSON.stringify(credential));
  else sessionStorage.removeItem(STORED);
}

/** Whether this address is the way back from a provider. */
export function isReturn({ search }: { readonly search: string }): boolean {
  const parameters = new URLSearchParams(search);
  return parameters.has('state') && (parameters.has('code') || parameters.has('error'));
}

/** Before a token expires it is renewed; of a short one, when half of it is over. In milliseconds. */
const BEFORE_THE_END = 60_000;

/** @returns milliseconds from now until the token is to be renewed; undefined: never */
export function renewalIn({ until }: Credential, now: number): number | undefined {
  if (until === undefined) return undefined;
  const left = until - now;
  return Math.max(0, left - Math.min(BEFORE_THE_END, left / 2));
}
