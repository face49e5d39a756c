import { type StoredEvent } from '../stored-event.js';
import { type StreamFinding, type StreamFindingKind, type StreamLimits } from '../stream-finding.js';

/** As JSON gives it: a number of JavaScript has no room for the last digits of 2^63 - 1. */
const SOFT_DELETED_FROM = 2 ** 62;

/** What the server's metadata hide, by the member that says so. */
const LIMITS: readonly (readonly [member: string, kind: StreamFindingKind, detail: (value: unknown) => string])[] = [
  ['$tb', 'truncated', (value) => `its metadata hide what comes before revision ${String(value)}`],
  ['$maxCount', 'max-count', (value) => `its metadata keep ${String(value)} events only`],
  ['$maxAge', 'max-age', (value) => `its metadata keep events for ${String(value)} seconds only`],
];

/** @param event of the metadata of a stream, under the name of the stream */
export function limitsOf({ stream, revision, position, data }: StoredEvent): StreamLimits {
  const findings = LIMITS.flatMap(([member, kind, detail]): StreamFinding[] => {
    const value = data[member];
    if (value === undefined || value === null || (member === '$tb' && value === 0)) return [];
    const at = { stream, revision, position };
    if (member === '$tb' && typeof value === 'number' && value >= SOFT_DELETED_FROM) {
      return [{ ...at, kind: 'soft-deleted', detail: 'the stream was deleted, and its next append brings it back' }];
    }
    return [{ ...at, kind, detail: detail(value) }];
  });
  return { stream, position, findings };
}
