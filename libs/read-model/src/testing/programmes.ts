import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseProgramme, type Programme } from '#claims';

const FOLDER = join(import.meta.dirname, '../../../claims/programmes');

/** Rules on who controls the sites and on the country of each, whether or not a programme of the repository has such rules. */
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

/** Rules that require what the repository's programmes do not require, or not yet. */
export function programmeOfVouching(): Programme {
  const counts = {
    classes: ['post-consumer', 'manufacturing-waste'],
    manufacturingWaste: 'any',
    ownWaste: false,
    returned: false,
  };
  const minerals = ['cobalt', 'lithium', 'nickel', 'lead'];
  const thresholds = { cobalt: '0.1', lithium: '0.2', nickel: '0.3' };
  const vouched = ['site-facts', 'recovered-origin'];
  const rules = [
    { claim: 'recycled-content', thresholds, counts, vouched: ['recovered-origin'] },
    { claim: 'recycled-declared', minerals, counts, vouched },
    { claim: 'origin', minerals, countries: ['AU', 'CL'], recycledCountries: ['JP'], threshold: '0.3', vouched },
    { claim: 'trade-terms', parties: ['AU', 'CL', 'JP'], vouched: ['site-facts'] },
    { claim: 'control', countries: ['CN'], share: '0.25', scope: { minerals: ['cobalt'] } },
    { claim: 'labour', rights: ['child-labour', 'forced-labour'], evidence: 'findings' },
    { claim: 'environment', criteria: ['water'] },
    { claim: 'labelling', on: 'batch', acceptedStandards: ['gs1-digital-link'] },
    { claim: 'labelling', on: 'chain', acceptedStandards: ['gs1-digital-link'], carriers: ['qr'] },
  ].map((rule) => ({ ...rule, citation: 'A test', from: '2020-01-01' }));
  const file = {
    id: 'vouching',
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
