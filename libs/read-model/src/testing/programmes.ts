import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseProgramme, type Programme } from '#claims';

const FOLDER = join(import.meta.dirname, '../../../claims/programmes');

/** Rules on what no programme of the repository may judge: who controls the sites, what the country of each is. */
export function programmeOfControl(): Programme {
  const rules = [
    { claim: 'control', countries: ['CN', 'RU'], share: '0.25' },
    { claim: 'origin', minerals: ['cobalt', 'nickel'], countries: ['JP'], threshold: '0.5' },
    { claim: 'chain-of-custody' },
  ].map((rule) => ({ ...rule, citation: 'A test', from: '2020-01-01' }));
  const file = {
    id: 'control',
    version: '1',
    title: 'T',
    published: '2020-01-01',
    source: 'https://example.org',
    rules,
  };
  const parsed = parseProgramme(file);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.programme;
}

/** Every programme that the repository has. */
export function programmesOfRepository(): Programme[] {
  return readdirSync(FOLDER).map((file) => {
    const parsed = parseProgramme(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')));
    if ('problems' in parsed) throw new Error(`${file}: ${JSON.stringify(parsed.problems)}`);
    return parsed.programme;
  });
}
