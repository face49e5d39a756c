export { parseProgramme } from './parse-programme.js';
export * from './programme.js';
