/** Injects the `AttestationSchemes` under which organisations may attest. */
export const ATTESTATION_SCHEMES = Symbol('AttestationSchemes');
