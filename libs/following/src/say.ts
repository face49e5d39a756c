/** Tells the operator what failed and is tried again, and how far long work has come. Must not throw. */
export type Say = (level: 'info' | 'warn' | 'error', message: string, about: object) => void;
