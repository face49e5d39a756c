#!/usr/bin/env node
process.umask(0o077); // only their owner may read the log, keys, withheld values and exports
try {
  const { program } = await import('./program.js');
  const lodebook = await program(process.argv[2]);
  await lodebook.parseAsync();
} catch (error) {
  // The tables are read when the program is loaded: nothing runs with an invalid table.
  if (!(error instanceof Error) || error.name !== 'TableFileError') throw error;
  console.error(error.message);
  process.exitCode = 1;
}
