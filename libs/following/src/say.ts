/** Tells the operator what failed and is tried again. Must not throw. */
export type Say = (level: 'warn' | 'error', message: string, about: object) => void;
