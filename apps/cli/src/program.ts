import { Command, type CommanderError } from 'commander';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '#programmes';
import { EXIT } from './exit.js';

const { version } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as {
  version: string;
};

/** In the order of the help. A command is loaded when it is called, so that one which needs no server loads none. */
const COMMANDS = new Map<string, () => Promise<Command>>([
  ['serve', async () => (await import('./serve.command.js')).serveCommand()],
  ['import', async () => (await import('./import/import.command.js')).importCommand()],
  ['sign', async () => (await import('./sign.command.js')).signCommand()],
  ['export', async () => (await import('./export.command.js')).exportCommand()],
  ['replay', async () => (await import('./replay.command.js')).replayCommand()],
  ['verify', async () => (await import('./verify.command.js')).verifyCommand()],
  ['fsck', async () => (await import('./fsck.command.js')).fsckCommand()],
  ['backup', async () => (await import('./backup.command.js')).backupCommand()],
  ['protect', async () => (await import('./protect.command.js')).protectCommand()],
  ['bench', async () => (await import('./bench/bench.command.js')).benchCommand()],
]);

/**
 * The `lodebook` command. Exit 0: done; 1: it failed, or a check did; 2: wrong usage. Errors go to stderr.
 * @param called the first argument; when it names no command, all of them are loaded, for the help
 */
export async function program(called: string | undefined): Promise<Command> {
  const lodebook = new Command('lodebook')
    .description('An event-sourced custody ledger for critical minerals')
    .version(version)
    .showHelpAfterError()
    .exitOverride(exitAsAgreed)
    .hook('preSubcommand', (_, subcommand) => void subcommand.exitOverride(exitAsAgreed).showHelpAfterError());
  const load = COMMANDS.get(called ?? '');
  for (const command of load ? [load] : COMMANDS.values()) lodebook.addCommand(await command());
  return lodebook;
}

function exitAsAgreed(error: CommanderError): never {
  // Commander has printed its message; help and version are not errors.
  process.exit(error.exitCode === 0 ? EXIT.done : EXIT.usedWrongly);
}
