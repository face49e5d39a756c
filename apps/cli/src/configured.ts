import { pino, type Logger } from 'pino';
import { ConfigurationError, readConfiguration, type Configuration } from '../../server/src/index.js';
import { EXIT, fail } from './exit.js';

/** The configuration from the environment. If a variable is invalid, ends the process with a message that names it. */
export function configured(): Configuration {
  try {
    return readConfiguration(process.env);
  } catch (error) {
    if (error instanceof ConfigurationError) fail(error.message, EXIT.usedWrongly);
    throw error;
  }
}

/** Log lines are written once this many bytes are buffered, or after this many milliseconds. */
const LOG_BYTES = 4_096;
const LOG_FLUSH_MS = 100;

/**
 * Structured log on stderr; stdout is for the command's output. Lines are buffered, since a write costs a busy server
 * more than the line itself, and pino writes the rest when the process ends: no request waits for a reader of the log.
 */
export function logTo(level: 'info' | 'warn'): Logger {
  return pino(
    {
      level,
      base: null,
      redact: { paths: ['req.headers.authorization', '*.authorization', '*.key'], censor: '[withheld]' },
    },
    pino.destination({ dest: 2, sync: false, minLength: LOG_BYTES, periodicFlush: LOG_FLUSH_MS }),
  );
}

/**
 * Ends the process when a ledger could not be opened or could not listen: with 2 if a variable is the cause, otherwise
 * 1.
 */
export function failToOpen(error: unknown, configuration: Configuration): never {
  fail(explain(error, configuration), error instanceof ConfigurationError ? EXIT.usedWrongly : EXIT.failed);
}

/** What a failure to open or to listen means to the person who started the ledger. */
export function explain(error: unknown, { dataFolder, host, port }: Configuration): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} of ${host} is taken by another process. Stop it, or choose another port with LODEBOOK_PORT.`;
    case 'EACCES':
    case 'EROFS':
    case 'EPERM':
      return `no permission: ${message}. The ledger needs to write its data folder ${dataFolder} (LODEBOOK_DATA) and to listen on port ${port}.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `this machine has no address ${host} (LODEBOOK_HOST).`;
    case 'ENOTDIR':
    case 'EEXIST':
      return `the data folder ${dataFolder} (LODEBOOK_DATA) is not a folder: ${message}.`;
    default:
      return message ?? String(error);
  }
}
