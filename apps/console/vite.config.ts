import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));
const libs = join(here, '../../libs');

/** `libs/transparency` touches its runtime in one file, which says what a browser build puts in its place. */
const inTheBrowser: Plugin = {
  name: 'lodebook-primitives-in-the-browser',
  enforce: 'pre',
  resolveId(source, importer) {
    const isPrimitives = source === './primitives.js' && importer?.includes('/libs/transparency/src/');
    return isPrimitives ? join(here, 'src/verification/primitives.ts') : null;
  },
};

export default defineConfig({
  root: here,
  plugins: [inTheBrowser],
  // An import of types alone brings nothing: not even that of which only the effects would be left.
  oxc: { typescript: { onlyRemoveTypeImports: false } },
  worker: { format: 'es', plugins: () => [inTheBrowser] },
  resolve: {
    alias: [
      { find: /^#([a-z-]+)$/, replacement: `${libs}/$1/src/index.ts` },
      { find: /^#([a-z-]+)\/([a-z-]+)$/, replacement: `${libs}/$1/src/$2/index.ts` },
    ],
  },
  // The server's policy of contents allows nothing inline, and so no small file is put into another as a data URL.
  build: { outDir: join(here, '../../dist/apps/console'), emptyOutDir: true, assetsInlineLimit: 0, target: 'es2022' },
  server: { proxy: { '/v1': 'http://127.0.0.1:3000' } },
});
