/**
 * Deepest nesting of what is taken in, in objects and arrays; no command needs more than 8. Whatever goes through a value
 * member by member (its checks, its canonical form, a copy of it) needs stack for each level.
 */
export const DEEPEST_NESTING = 32;
/** Most members of one object, of a name given twice each one: no command has one of more than 40. */
export const MOST_MEMBERS = 256;
/** Problems that a refusal lists; that there are more is said in its detail. */
export const MOST_PROBLEMS = 100;
/** Of the path and the message of a problem, in UTF-16 code units: both may hold names that the client has made up. */
export const LONGEST_PROBLEM_TEXT = 300;
