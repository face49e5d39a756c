import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));
const libs = join(here, '../../libs');

/** `libs/transparency` depends on its runtime in one file only, which says what replaces it in a browser build. */
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
  // Drops imports of types entirely, without leaving an import for its side effects.
  oxc: { typescript: { onlyRemoveTypeImports: false } },
  worker: { format: 'es', plugins: () => [inTheBrowser] },
  resolve: {
    alias: [
      { find: /^#([a-z-]+)$/, replacement: `${libs}/$1/src/index.ts` },
      { find: /^#([a-z-]+)\/([a-z-]+)$/, replacement: `${libs}/$1/src/$2/index.ts` },
    ],
  },
  // The server's content security policy allows nothing inline, so small files are not inlined as data URLs.
  build: { outDir: join(here, '../../dist/apps/console'), emptyOutDir: true, assetsInlineLimit: 0, target: 'es2022' },
  server: { proxy: { '/v1': 'http://127.0.0.1:3000' } },
});
