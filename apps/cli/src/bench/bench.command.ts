import { Command } from 'commander';
import { generateCommand } from './generate/generate.command.js';

export function benchCommand(): Command {
  return new Command('bench')
    .description('Measuring tools; the benchmarks themselves are programs of the repository: npm run bench')
    .addCommand(generateCommand())
    .hook('preSubcommand', (bench, subcommand) => void subcommand.copyInheritedSettings(bench));
}
