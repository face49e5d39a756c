// What is shipped may be shipped under Apache-2.0, and every install gets the very bytes that were reviewed. No dependencies.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Permissive, and asking for no more than the notice. A new one is a decision: read it before it is added here. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Python-2.0',
  'Unlicense',
]);
const REGISTRY = 'registry.npmjs.org';
/** What the benchmarks measure against is installed apart, from lockfiles of its own. */
const PEERS = 'test/bench/peers';

/** An SPDX expression without nesting: every term joined by AND, at least one joined by OR, must be allowed. */
function isAllowed(expression) {
  const plain = expression.replace(/^\((.*)\)$/, '$1');
  if (/[()]/.test(plain)) return false;
  return plain.split(' AND ').every((term) => term.split(' OR ').some((licence) => ALLOWED.has(licence)));
}

function licenceOf(path, { license }) {
  const manifest = join(root, path, 'package.json');
  return existsSync(manifest) ? (JSON.parse(readFileSync(manifest, 'utf8')).license ?? license) : license;
}

/** Where Node would find the package, walking up from the one that asks. @returns whether the lockfile has it there */
function isLocked(packages, from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (`${folder}${folder === '' ? '' : '/'}node_modules/${name}` in packages) return true;
    if (folder === '') return false;
  }
}

/** `npm install` leaves out an optional package that the registry does not have, and `npm ci` then refuses the lockfile. */
function missingFrom(lockfile, packages) {
  return Object.entries(packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !isLocked(packages, path, name))
      .map((name) => `${lockfile}: ${path} depends on ${name}, which is not in it`),
  );
}

function lockfileFaults(lockfile) {
  const { lockfileVersion, packages } = JSON.parse(readFileSync(join(root, lockfile), 'utf8'));
  if (lockfileVersion !== 3) return [`${lockfile}: lockfileVersion ${lockfileVersion}, expected 3`];
  const own = Object.entries(packages).flatMap(([path, { integrity, link, resolved }]) => {
    if (path === '') return [];
    const faults = [];
    if (link === true) faults.push(`${lockfile}: ${path} is a link to a folder`);
    else if (!/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? '')) faults.push(`${lockfile}: ${path} has no SHA-512`);
    if (resolved !== undefined && new URL(resolved).host !== REGISTRY)
      faults.push(`${lockfile}: ${path} comes from ${resolved}`);
    return faults;
  });
  return [...own, ...missingFrom(lockfile, packages)];
}

function licenceFaults() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return Object.entries(packages).flatMap(([path, entry]) => {
    if (path === '' || entry.dev === true) return [];
    const licence = licenceOf(path, entry);
    return typeof licence === 'string' && isAllowed(licence)
      ? []
      : [`${path}: licence ${JSON.stringify(licence)} is not on the list of scripts/check-licences.mjs`];
  });
}

const lockfiles = [
  'package-lock.json',
  ...readdirSync(join(root, PEERS)).map((peer) => `${PEERS}/${peer}/package-lock.json`),
];
const faults = [...lockfiles.flatMap(lockfileFaults), ...licenceFaults()];
for (const fault of faults) console.error(fault);
console.error(`licences and lockfiles: ${faults.length === 0 ? 'in order' : `${faults.length} faults`}`);
process.exitCode = faults.length === 0 ? 0 : 1;
