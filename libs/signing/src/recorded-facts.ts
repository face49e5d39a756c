import { FACTS } from '#attestation';
import { type Fact } from '#vocabulary';

/** Event type → the fact that a command records as such an event. */
export const FACT_OF: ReadonlyMap<string, Fact> = new Map(FACTS.map((fact) => [fact.type, fact]));
