/** What is answered of the log itself: its keys, proofs of what is in it, and replays. */
import { REPLAY_PHASES, REPLAY_REPORT } from '#audit';
import {
  fraction,
  object,
  oneOf,
  pattern,
  SHA256_PATTERN,
  strings,
  term,
  uuid,
  wholeNumber,
  type ReadonlyOf,
} from '#vocabulary';

const hash = (description = 'SHA-256, 64 hexadecimal digits') =>
  pattern(SHA256_PATTERN, 'must be 64 hexadecimal digits', { description });

export const LOG_KEYS = {
  name: 'LogKeys',
  fields: {
    origin: term({ description: 'Name of the log' }),
    first: term({ description: 'Its first verifier key: compare it with one that you have from elsewhere' }),
    rotations: strings({ description: 'The record of each rotation, signed by the key before it, in their order' }),
    current: term({ description: 'The verifier key that signs now' }),
  },
};
export type LogKeys = ReadonlyOf<(typeof LOG_KEYS)['fields']>;

export const ROTATION = {
  name: 'Rotation',
  fields: {
    key: term({ description: 'Verifier key that signs from now on' }),
    from: wholeNumber({ description: 'Size of the log from which on it signs' }),
  },
};
export type Rotation = ReadonlyOf<(typeof ROTATION)['fields']>;

export const INCLUSION = {
  name: 'Inclusion',
  fields: {
    leafIndex: wholeNumber({ description: '0-based log index' }),
    treeSize: wholeNumber({ description: 'Leaves of the tree that the proof is for' }),
    leafHash: hash(),
    proof: strings({ description: 'Sibling hashes, from the leaf upwards' }, SHA256_PATTERN),
    root: hash('Root of that tree: compare it with a signed one'),
  },
};
export type Inclusion = ReadonlyOf<(typeof INCLUSION)['fields']>;

export const CONSISTENCY = {
  name: 'Consistency',
  fields: {
    size1: wholeNumber(),
    size2: wholeNumber(),
    root1: hash(),
    root2: hash(),
    proof: strings({ description: 'In the order of RFC 9162 section 2.1.4' }, SHA256_PATTERN),
  },
};
export type Consistency = ReadonlyOf<(typeof CONSISTENCY)['fields']>;

const REPLAY_PROBLEM = { code: term(), detail: term() };
export type ReplayProblem = ReadonlyOf<typeof REPLAY_PROBLEM>;

/** What a replay was asked for. */
const REPLAY_ORDER = {
  until: term({ optional: true, description: 'Log index or recorded time; none: the size at which it started' }),
  programme: term({ optional: true, description: 'None: all' }),
};
export type ReplayOrder = ReadonlyOf<typeof REPLAY_ORDER>;

export const REPLAY_STATE = {
  name: 'Replay',
  fields: {
    id: uuid(),
    status: oneOf(['waiting', 'running', 'done', 'failed']),
    ...REPLAY_ORDER,
    phase: oneOf(REPLAY_PHASES, { optional: true }),
    share: fraction({ optional: true, description: 'Of the phase, 0 to 1' }),
    report: object('ReplayReport', REPLAY_REPORT, { optional: true }),
    problem: object('ReplayProblem', REPLAY_PROBLEM, { optional: true, description: 'Of a failed one' }),
  },
};
export type ReplayState = ReadonlyOf<(typeof REPLAY_STATE)['fields']>;
