/** Injects the ledger's origin, as its checkpoints have it: what the signatures of commands are bound to. */
export const LEDGER_ORIGIN = Symbol('LedgerOrigin');
