import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chooseProgramme, parseProgramme, programmeReference, type Programme } from '#claims';
import { PACKAGE_ROOT } from './package-root.js';

/** In the repository, not in the build: programmes are data. */
export const PROGRAMMES_FOLDER = join(PACKAGE_ROOT, 'libs/claims/programmes');

/** A programme file is wrong: the start stops and names the file and each place in it. */
export class ProgrammeFileError extends Error {
  override readonly name = 'ProgrammeFileError';
}

/** Every version of every programme, as the files of a folder give them. */
export class ProgrammeLibrary {
  constructor(readonly programmes: readonly Programme[]) {}

  /** @throws ProgrammeFileError */
  static load(folder: string): ProgrammeLibrary {
    const files = readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .sort();
    return new ProgrammeLibrary(files.map((file) => readProgramme(folder, file)));
  }

  /** The version that `id` or `id@version` means to who knew the ledger at that moment. */
  choose(reference: string, publishedBy: string): Programme | undefined {
    return chooseProgramme(this.programmes, reference, publishedBy);
  }

  /** Each programme in its newest version at that moment. */
  newest(publishedBy: string): Programme[] {
    const ids = [...new Set(this.programmes.map(({ id }) => id))];
    return ids.flatMap((id) => this.choose(id, publishedBy) ?? []);
  }
}

function readProgramme(folder: string, file: string): Programme {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  } catch (error) {
    throw new ProgrammeFileError(`programme ${join(folder, file)} is no JSON: ${(error as Error).message}`);
  }
  const parsed = parseProgramme(json);
  if ('problems' in parsed) {
    const places = parsed.problems.map(({ path, message }) => `  ${path || '(whole file)'}: ${message}`);
    throw new ProgrammeFileError(`programme ${join(folder, file)} is wrong:\n${places.join('\n')}`);
  }
  const expected = `${programmeReference(parsed.programme)}.json`;
  if (file !== expected)
    throw new ProgrammeFileError(`programme ${join(folder, file)} holds ${expected}: name the file so`);
  return parsed.programme;
}
