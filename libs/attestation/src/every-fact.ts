import { ORGANISATION_FACTS, SITE_FACTS } from '#custody';
import { type Fact } from '#vocabulary';
import { ATTESTATION_FACTS, CONCERN_FACTS } from './facts.js';

/**
 * Every fact that a command of the ledger records, in an order in which their examples can be sent: organisations and
 * their sites, what happens there, and what is attested of it or raised as a concern.
 */
export const FACTS: readonly Fact[] = [...ORGANISATION_FACTS, ...SITE_FACTS, ...ATTESTATION_FACTS, ...CONCERN_FACTS];
