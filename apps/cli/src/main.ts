#!/usr/bin/env node
process.umask(0o077); // the log, keys, withheld values and exports are for their owner alone
try {
  const { program } = await import('./program.js');
  const lodebook = await program(process.argv[2]);
  await lodebook.parseAsync();
} catch (error) {
  // The tables are read when the program is loaded: nothing runs on a table that is wrong.
  if (!(error instanceof Error) || error.name !== 'TableFileError') throw error;
  console.error(error.message);
  process.exitCode = 1;
}
