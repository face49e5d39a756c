import { Command, type CommanderError } from 'commander';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../server/src/index.js';
import { backupCommand } from './backup.command.js';
import { benchCommand } from './bench/bench.command.js';
import { EXIT } from './exit.js';
import { exportCommand } from './export.command.js';
import { fsckCommand } from './fsck.command.js';
import { importCommand } from './import/import.command.js';
import { protectCommand } from './protect.command.js';
import { replayCommand } from './replay.command.js';
import { serveCommand } from './serve.command.js';
import { signCommand } from './sign.command.js';
import { verifyCommand } from './verify.command.js';

const { version } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as {
  version: string;
};

/** The `lodebook` command. Exit 0: done; 1: the check failed; 2: used wrongly. Errors go to stderr. */
export function program(): Command {
  return new Command('lodebook')
    .description('An event-sourced custody ledger for critical minerals')
    .version(version)
    .addCommand(serveCommand())
    .addCommand(importCommand())
    .addCommand(signCommand())
    .addCommand(exportCommand())
    .addCommand(replayCommand())
    .addCommand(verifyCommand())
    .addCommand(fsckCommand())
    .addCommand(backupCommand())
    .addCommand(protectCommand())
    .addCommand(benchCommand())
    .showHelpAfterError()
    .exitOverride(exitAsAgreed)
    .hook('preSubcommand', (_, subcommand) => void subcommand.exitOverride(exitAsAgreed).showHelpAfterError());
}

function exitAsAgreed(error: CommanderError): never {
  // Commander has printed its message; help and version are no misuse.
  process.exit(error.exitCode === 0 ? EXIT.done : EXIT.usedWrongly);
}
