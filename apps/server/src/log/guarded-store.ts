import { AccessLog } from '#audit';
import { EventStoreError, type EventStore } from '#event-store';
import { type StreamFindings } from './stream-findings.js';

/**
 * The log as commands use it: a stream that others have been at is neither decided on nor appended to, since what it says
 * is not what the ledger recorded. It costs a look into a map. What says who may is signed on its way.
 * @throws each call with a stream: EventStoreError `stream-altered`
 */
export function guardedStore(store: EventStore, findings: StreamFindings, accessLog: AccessLog): EventStore {
  const { byId } = store;
  return {
    engine: store.engine,
    async append(stream, events, expected) {
      findings.requireUntouched(stream);
      const log = AccessLog.isAccess(stream) ? accessLog : store;
      const result = await log.append(stream, events, expected);
      // A stream that was deleted softly takes its next append as if it had never been.
      if (expected === 'no-stream' && !result.alreadyAppended && result.revision >= BigInt(events.length)) {
        const detail = 'the stream was deleted and brought back by an append';
        const { revision, positions } = result;
        findings.note({ stream, kind: 'soft-deleted', revision, position: positions[0]!, detail });
        throw new EventStoreError('stream-altered', `${stream}: ${detail}`);
      }
      return result;
    },
    readStream(stream, options) {
      findings.requireUntouched(stream);
      return store.readStream(stream, options);
    },
    async existing(streams) {
      for (const stream of streams) findings.requireUntouched(stream);
      return store.existing(streams);
    },
    ...(byId && { byId: (eventId: string) => byId.call(store, eventId) }),
    readAll: (options) => store.readAll(options),
    subscribe: (options) => store.subscribe(options),
    head: () => store.head(),
    last: () => store.last(),
    holds: (place) => store.holds(place),
    ping: () => store.ping(),
    close: () => store.close(),
  };
}
