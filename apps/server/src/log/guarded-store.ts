import { AccessLog } from '#audit';
import { EventStoreError, type AppendResult, type EventStore, type NewEvent, type StreamAppend } from '#event-store';
import { type StreamFindings } from './stream-findings.js';

/**
 * The log as commands use it: a stream that others have written to is neither decided on nor appended to, since it does
 * not contain what the ledger recorded. The check is one lookup in a map. Events that grant access are signed on the
 * way.
 * @throws each call with a stream: EventStoreError `stream-altered`
 */
export function guardedStore(store: EventStore, findings: StreamFindings, accessLog: AccessLog): EventStore {
  const { appendTogether, byId } = store;
  /** A soft-deleted stream accepts its next append as if it had never existed. */
  function requireNew(stream: string, { length }: readonly NewEvent[], result: AppendResult): AppendResult {
    const { revision, positions, alreadyAppended } = result;
    if (alreadyAppended || revision < BigInt(length)) return result;
    const detail = 'the stream was deleted and brought back by an append';
    findings.note({ stream, kind: 'soft-deleted', revision, position: positions[0]!, detail });
    throw new EventStoreError('stream-altered', `${stream}: ${detail}`);
  }
  return {
    engine: store.engine,
    append(stream, events, expected) {
      try {
        findings.requireUntouched(stream);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        return Promise.reject(error);
      }
      const log = AccessLog.isAccess(stream) ? accessLog : store;
      const appended = log.append(stream, events, expected);
      const mayBeDeleted = expected === 'no-stream' && store.engine === 'eventstoredb';
      return mayBeDeleted ? appended.then((result) => requireNew(stream, events, result)) : appended;
    },
    ...(appendTogether && {
      async appendTogether(appends: readonly StreamAppend[]) {
        for (const { stream } of appends) {
          findings.requireUntouched(stream);
          if (AccessLog.isAccess(stream)) throw new Error(`${stream} is appended to alone: its events are signed`);
        }
        return appendTogether.call(store, appends);
      },
    }),
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
