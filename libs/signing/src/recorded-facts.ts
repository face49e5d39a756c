import { ATTESTATION_FACTS, CONCERN_FACTS } from '#attestation';
import { ORGANISATION_FACTS, SITE_FACTS } from '#custody';
import { type Fact } from '#vocabulary';

const FACTS: readonly Fact[] = [...ORGANISATION_FACTS, ...SITE_FACTS, ...ATTESTATION_FACTS, ...CONCERN_FACTS];

/** Event type → the fact that a command records so. */
export const FACT_OF: ReadonlyMap<string, Fact> = new Map(FACTS.map((fact) => [fact.type, fact]));
