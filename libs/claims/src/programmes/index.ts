export { type ProgrammeProblem } from './checker.js';
export { parseProgramme } from './parse-programme.js';
export * from './programme.js';
