#!/usr/bin/env -S node --max-semi-space-size=64
// The `lodebook` command of a checkout: there before the build, so that npm can link it.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const entry = new URL('../dist/apps/cli/src/main.js', import.meta.url);
if (!existsSync(fileURLToPath(entry))) {
  console.error('lodebook: not built yet. Run: npm ci && npm run build');
  process.exit(2);
}
await import(entry.href);
