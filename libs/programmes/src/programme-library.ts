import { join } from 'node:path';
import { chooseProgramme, parseProgramme, programmeReference, type Programme } from '#claims';
import { readDataFiles, type DataKind } from './data-files.js';
import { PACKAGE_ROOT } from './package-root.js';

/** In the repository, not in the build: programmes are data. */
export const PROGRAMMES_FOLDER = join(PACKAGE_ROOT, 'libs/claims/programmes');

const PROGRAMMES: DataKind<Programme> = {
  noun: 'programme',
  parse: (json) => {
    const parsed = parseProgramme(json);
    return 'problems' in parsed ? parsed : { value: parsed.programme };
  },
  nameOf: programmeReference,
};

/** Every version of every programme, as the files of a folder give them. */
export class ProgrammeLibrary {
  constructor(readonly programmes: readonly Programme[]) {}

  /** @throws DataFileError */
  static load(folder: string): ProgrammeLibrary {
    return new ProgrammeLibrary(readDataFiles(folder, PROGRAMMES));
  }

  /** The version that `id` or `id@version` referred to at that moment. */
  choose(reference: string, publishedBy: string): Programme | undefined {
    return chooseProgramme(this.programmes, reference, publishedBy);
  }

  /** The newest version of each programme at that moment. */
  newest(publishedBy: string): Programme[] {
    const ids = [...new Set(this.programmes.map(({ id }) => id))];
    return ids.flatMap((id) => this.choose(id, publishedBy) ?? []);
  }
}
