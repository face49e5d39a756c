#!/usr/bin/env node
import { program } from './program.js';

process.umask(0o077); // the log, keys and withheld values are nobody else's, nor what is exported of them
const lodebook = await program(process.argv[2]);
await lodebook.parseAsync();
