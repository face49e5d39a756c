/** What the server itself answers, as plain JSON; an entry of its own, of types, for the console. */
export type { Inclusion, LogKeys } from './audit-answers.js';
export type { Differences, VerdictDifference } from './difference-answers.js';
export type { NotedEvent } from './disclosure-answers.js';
export type { ProgrammeHead } from './file-answers.js';
export type { IdentityProvider, SignInAnswer } from './sign-in-answers.js';
export type { ProblemDocument } from '../problem/problem.js';
