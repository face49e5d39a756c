import { type Refusal, type RefusalCode } from '#custody';

/** Why a command is not recorded: what a decider refuses, and what the log and its other writers make impossible. */
type RefusedCode =
  | RefusalCode
  /** `If-Match` does not hold, or others change the stream faster than the command can follow. */
  | 'revision-conflict'
  | 'idempotency-key-reused'
  /** What must be looked up is being rebuilt. */
  | 'overloaded'
  | (string & {});

export interface RefusedPlace {
  /** Where in the command, e.g. `batches[2].grossGrams`. */
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** A command was not recorded, and will not be unless something changes. */
export class CommandRefused extends Error {
  constructor(
    readonly code: RefusedCode,
    readonly detail: string,
    readonly errors: readonly RefusedPlace[] = [],
    /** When it may be sent again, in seconds; undefined: it need not be. */
    readonly retryAfterSeconds?: number,
  ) {
    super(`${code}: ${detail}`);
  }
}

/** `If-Match` did not hold. */
export class StaleRevision extends CommandRefused {
  constructor(stream: string, expected: bigint, actual: bigint | undefined) {
    const now = actual === undefined ? 'does not exist' : `is at ${actual}`;
    super('revision-conflict', `If-Match names revision ${expected}; ${stream} ${now}.`);
  }
}

/** What a decider said, as an error. */
export function refusedBy({ code, detail, path }: Refusal): CommandRefused {
  return new CommandRefused(code, detail, path === undefined ? [] : [{ path, code, message: detail }]);
}
