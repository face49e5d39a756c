export {
  readConfiguration,
  ConfigurationError,
  SHORT_ADMINISTRATOR_KEY,
  type Configuration,
} from './configuration/configuration.js';
export { openLedger, type Ledger } from './ledger.js';
export { openDesk, serve, type RunningServer } from './server.js';
export { type CommandDesk, addressOf } from './intake/command-desk.js';
export { commandLineOf, type CommandLine } from './intake/command-line.js';
export { commandOf } from './intake/command-table.js';
export { linesOf, objectOf, COMMANDS_UNDER_WAY, type Line } from './intake/command-lines.js';
export { type Recording } from './command/commands.js';
export { Problem, type ProblemDocument } from './problem/problem.js';
export { problemOf } from './problem/problem.filter.js';
export { commandIdOf } from './command/identity.js';
export { PACKAGE_ROOT } from './package-root.js';
export * from './audit/index.js';
export { PROGRAMMES_FOLDER, ProgrammeLibrary } from './claims/programme-library.js';
