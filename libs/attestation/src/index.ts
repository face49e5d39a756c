export * from './events.js';
export * from './facts.js';
export * from './docket-facts.js';
export { FACTS } from './every-fact.js';
export * from './schemes/scheme.js';
export * from './attestation/attestation.js';
export * from './attestation/validity.js';
export * from './concern/concern.js';
export * from './concern/docket.js';
