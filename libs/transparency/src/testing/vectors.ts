import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

/** Third-party test vectors, with their licences in `NOTICE.md`. */
const VECTORS = resolve(import.meta.dirname, '../../../../test/vectors');

interface VectorFile {
  /** Path below the folder asked for. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** All files under a folder of the vectors, in order of their names. */
export function readVectors(folder: string): readonly VectorFile[] {
  const root = join(VECTORS, folder);
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ name: relative(root, path), bytes: new Uint8Array(readFileSync(path)) }));
}
