import { isInstant } from '#vocabulary';

export type ReplayErrorCode =
  | 'until-malformed'
  | 'until-in-the-future'
  | 'until-before-the-log'
  | 'unknown-programme'
  | 'aborted'
  | 'file-malformed';

/** A replay was asked for something that does not exist. */
export class ReplayError extends Error {
  override readonly name = 'ReplayError';

  constructor(
    readonly code: ReplayErrorCode,
    message: string,
  ) {
    super(message);
  }

  static beyond(index: number, logSize: number): ReplayError {
    const last = logSize === 0 ? 'the log is empty' : `the last event has index ${logSize - 1}`;
    return new ReplayError('until-in-the-future', `There is no event ${index} yet: ${last}.`);
  }

  /** @param began when the log's first event was recorded; undefined: it is empty */
  static before(time: string, began: string | undefined): ReplayError {
    const when = began === undefined ? 'the log is empty' : `its first event was recorded at ${began}`;
    return new ReplayError('until-before-the-log', `The ledger knew nothing at ${time}: ${when}.`);
  }

  static aborted(): ReplayError {
    return new ReplayError('aborted', 'The replay was ended.');
  }

  static unknownProgramme(reference: string): ReplayError {
    return new ReplayError('unknown-programme', `There was no programme ${reference} then.`);
  }
}

/** Where a replay ends: with an event, with what was recorded up to a moment, or with the log. */
export type Until =
  | { readonly kind: 'end' }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'time'; readonly time: string };

/**
 * @param until a log index, or RFC 3339 UTC with milliseconds
 * @throws ReplayError `until-malformed`; `until-in-the-future`: what will be recorded until then is not known yet, so the
 *   answer could not be reproduced
 */
export function readUntil(until: string | undefined, now: string): Until {
  if (until === undefined) return { kind: 'end' };
  if (/^\d{1,15}$/.test(until)) return { kind: 'index', index: Number(until) };
  if (!isInstant(until)) {
    throw new ReplayError(
      'until-malformed',
      'until must be a log index, or a time in RFC 3339 UTC with milliseconds (2026-03-01T00:00:00.000Z).',
    );
  }
  if (until > now) throw new ReplayError('until-in-the-future', `${until} has not come yet.`);
  return { kind: 'time', time: until };
}
