/**
 * Deepest nesting accepted, in objects and arrays; no command needs more than 8. Code that walks through a value (its
 * checks, its canonical form, a copy) needs stack for each level.
 */
export const DEEPEST_NESTING = 32;
/** Most members of one object, counting repeated names each time: no command has an object of more than 40. */
export const MOST_MEMBERS = 256;
/** Problems that a refusal lists; if there are more, its detail says so. */
export const MOST_PROBLEMS = 100;
/** Longest path and message of a problem, in UTF-16 code units: both may contain names that the client has made up. */
export const LONGEST_PROBLEM_TEXT = 300;
