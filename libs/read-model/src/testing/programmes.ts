import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseProgramme, type Programme } from '#claims';

const FOLDER = join(import.meta.dirname, '../../../claims/programmes');

/** Every programme that the repository has. */
export function programmesOfRepository(): Programme[] {
  return readdirSync(FOLDER).map((file) => {
    const parsed = parseProgramme(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')));
    if ('problems' in parsed) throw new Error(`${file}: ${JSON.stringify(parsed.problems)}`);
    return parsed.programme;
  });
}
