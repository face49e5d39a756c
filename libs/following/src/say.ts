/** Tells the operator what failed and will be retried, and how far long work has come. Must not throw. */
export type Say = (level: 'info' | 'warn' | 'error', message: string, about: object) => void;
