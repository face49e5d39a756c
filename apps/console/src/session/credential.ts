import { type IdentityProvider } from '../api/answers.js';

/** What authenticates the reader at the ledger: an API key, or a token of an identity provider. */
export interface Credential {
  readonly bearer: string;
  readonly provider?: IdentityProvider;
  /** Milliseconds since 1970; undefined: until the ledger rejects it. */
  readonly until?: number;
  readonly refreshToken?: string;
}

/** Kept for the life of the tab, and neither in an address nor in any other storage. */
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

/** Whether this address is the redirect back from an identity provider. */
export function isReturn({ search }: { readonly search: string }): boolean {
  const parameters = new URLSearchParams(search);
  return parameters.has('state') && (parameters.has('code') || parameters.has('error'));
}

/** How long before its expiry a token is renewed, milliseconds; a short-lived one at half of its lifetime. */
const BEFORE_THE_END = 60_000;

/** @returns milliseconds until the token has to be renewed; undefined: never */
export function renewalIn({ until }: Credential, now: number): number | undefined {
  if (until === undefined) return undefined;
  const left = until - now;
  return Math.max(0, left - Math.min(BEFORE_THE_END, left / 2));
}
