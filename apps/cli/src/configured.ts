import { pino, type Logger } from 'pino';
import { ConfigurationError, readConfiguration, type Configuration } from '../../server/src/index.js';
import { EXIT, fail } from './exit.js';

/** The configuration of the environment, or the end of the process with the variable's name. */
export function configured(): Configuration {
  try {
    return readConfiguration(process.env);
  } catch (error) {
    if (error instanceof ConfigurationError) fail(error.message, EXIT.usedWrongly);
    throw error;
  }
}

/** Lines of the log go out when so many bytes are gathered, or after so many milliseconds. */
const LOG_BYTES = 4_096;
const LOG_FLUSH_MS = 100;

/**
 * Structured log on stderr: stdout is for what the command answers. Lines are gathered, since a write costs a busy server
 * more than the line, and pino writes what is left when the process ends: no request waits for whoever reads the log.
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

/** Ends the process when a ledger could not be opened or listened for: 2 when a variable is to blame, else 1. */
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
