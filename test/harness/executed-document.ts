import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A code block of a document that names its file: ```ts title="…" is a file, ```diff title="…" a change. */
interface CodeBlock {
  readonly kind: 'file' | 'change';
  readonly path: string;
  readonly text: string;
}

const BLOCK = /^```(ts|diff) title="([^"]+)"\n([^]*?)^```$/gm;

export function codeBlocksOf(document: string): CodeBlock[] {
  return [...document.matchAll(BLOCK)].map(([, language, path, text]) => ({
    kind: language === 'diff' ? 'change' : 'file',
    path: path!,
    text: text!,
  }));
}

/** Applies the blocks to the files of a folder. @throws Error when a change matches nowhere, or in two places */
export function applyBlocks(folder: string, blocks: readonly CodeBlock[]): void {
  for (const { kind, path, text } of blocks) {
    const file = join(folder, path);
    if (kind === 'file') {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text, { flag: 'wx' });
    } else {
      writeFileSync(file, changed(readFileSync(file, 'utf8'), text, path));
    }
  }
}

/** Lines that begin with a space or a minus must occur once, consecutively; minus lines are removed, plus lines added. */
function changed(source: string, change: string, path: string): string {
  const lines = change.split('\n').filter((line) => line !== '');
  const before = lines.filter((line) => !line.startsWith('+')).map((line) => `${line.slice(1)}\n`);
  const after = lines.filter((line) => !line.startsWith('-')).map((line) => `${line.slice(1)}\n`);
  const [head, tail, ...more] = source.split(before.join(''));
  if (head === undefined || tail === undefined || more.length > 0) {
    throw new Error(`${path} does not have once:\n${before.join('')}`);
  }
  return head + after.join('') + tail;
}
