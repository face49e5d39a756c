import { join } from 'node:path';
import { parseScheme, type AttestationScheme, type AttestationSchemes } from '#attestation';
import { DataFileError, readDataFiles, type DataKind } from './data-files.js';
import { PACKAGE_ROOT } from './package-root.js';

/** In the repository, not in the build: schemes are data. */
const SCHEMES_FOLDER = join(PACKAGE_ROOT, 'libs/attestation/schemes');

const SCHEMES: DataKind<AttestationScheme> = {
  noun: 'attestation scheme',
  parse: (json) => {
    const parsed = parseScheme(json);
    return 'problems' in parsed ? parsed : { value: parsed.scheme };
  },
  nameOf: ({ id }) => id,
};

/**
 * The built-in schemes, then those of the administrator's folder, by their ids.
 * @param own the administrator's folder; undefined: none
 * @throws DataFileError also when a file of the administrator uses the id of a built-in scheme
 */
export function loadSchemes(own?: string): AttestationSchemes {
  const schemes = new Map<string, AttestationScheme>();
  for (const scheme of readDataFiles(SCHEMES_FOLDER, SCHEMES)) schemes.set(scheme.id, scheme);
  for (const scheme of own === undefined ? [] : readDataFiles(own, SCHEMES)) {
    if (schemes.has(scheme.id))
      throw new DataFileError(
        `${SCHEMES.noun} ${join(own ?? '', `${scheme.id}.json`)}: ${scheme.id} comes with the ledger`,
      );
    schemes.set(scheme.id, scheme);
  }
  return schemes;
}
