/** Injects the ledger's origin, as in its checkpoints: signatures of commands are bound to it. */
export const LEDGER_ORIGIN = Symbol('LedgerOrigin');
