/** Injects the `EventStore` the configuration names. */
export const EVENT_STORE = Symbol('EventStore');
