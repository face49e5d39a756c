import { Command } from 'commander';
import { ledgerPath, protectStreams } from '#event-store';
import { ledgerStreams } from '#audit';
import { configured, explain } from './configured.js';
import { EXIT, fail } from './exit.js';
import { Progress } from './progress.js';

interface Options {
  user: string;
}

export function protectCommand(): Command {
  return new Command('protect')
    .description(
      'Let only the ledger’s user write its streams on an EventStoreDB: sets the $acl of each existing stream',
    )
    .requiredOption('--user <name>', 'the user that the ledger’s server connects as')
    .addHelpText(
      'after',
      '\nFor this command, LODEBOOK_EVENTSTORE_URL must name a user that may write metadata. Streams created later get the server’s default: see docs/operations.md.',
    )
    .action(async ({ user }: Options) => {
      const configuration = configured();
      const { eventStoreUrl, dataFolder } = configuration;
      if (ledgerPath(eventStoreUrl, dataFolder) !== undefined) {
        fail(
          'a log in a file is protected by the rights of the file: LODEBOOK_EVENTSTORE_URL names no EventStoreDB',
          EXIT.usedWrongly,
        );
      }
      const progress = new Progress('Protecting');
      try {
        const outcome = await protectStreams(eventStoreUrl, ledgerStreams(configuration), user, (done) =>
          progress.at(done),
        );
        progress.end(`${outcome.protected} streams`);
        for (const stream of outcome.leftAlone) {
          process.stderr.write(
            `lodebook: ${stream} was left as it is: its metadata hide events, see "lodebook fsck"\n`,
          );
        }
        process.exitCode = outcome.leftAlone.length > 0 ? EXIT.failed : EXIT.done;
      } catch (error) {
        progress.end('stopped');
        fail(explain(error, configuration));
      }
    });
}
