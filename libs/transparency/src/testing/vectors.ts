import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

/** Third-party test vectors lie beside the repository, never in it. */
const VECTORS = resolve(process.cwd(), '../shared/vectors');

export interface VectorFile {
  /** Path below the folder asked for. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** All files under a folder of the vectors, in order of their names; undefined (and a note) when they are not there. */
export function readVectors(folder: string): readonly VectorFile[] | undefined {
  const root = join(VECTORS, folder);
  if (!existsSync(root)) {
    process.stderr.write(`skipped: no test vectors at ${root}\n`);
    return undefined;
  }
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ name: relative(root, path), bytes: new Uint8Array(readFileSync(path)) }));
}
