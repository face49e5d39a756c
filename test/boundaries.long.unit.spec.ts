import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Rule {
  readonly name: string;
  readonly severity: string;
  readonly from: { readonly path?: string; readonly pathNot?: string; readonly orphan?: boolean };
  readonly to: {
    readonly path?: string;
    readonly pathNot?: string | readonly string[];
    readonly circular?: boolean;
    readonly dependencyTypes?: readonly string[];
  };
}
interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
  readonly to: string;
}
/** An import that a rule forbids. */
interface Planted {
  readonly rule: string;
  readonly from: string;
  readonly specifier: string;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CONFIG = '.dependency-cruiser.cjs';
const { forbidden } = createRequire(import.meta.url)(join(ROOT, CONFIG)) as { forbidden: readonly Rule[] };
const SOURCES = ['apps', 'libs'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path}`)
    .filter((path) => /\.ts$/.test(path) && !/\.(spec|d)\.ts$|node_modules|\/testing\//.test(path))
    .sort(),
);
/** One package and one module of Node, for rules that forbid such imports. */
const OUTSIDE = ['@nestjs/common', 'node:fs'];
const ORPHAN = 'libs/custody/src/nobody-calls-it.ts';

const matches = (pattern: string | undefined, path: string): boolean =>
  pattern === undefined || new RegExp(pattern).test(path);

/** The first source that the rule restricts, and the first target that it must not import. */
function plantedFor({ name, from, to }: Rule): Planted[] {
  const not = to.pathNot === undefined ? [] : [to.pathNot].flat();
  for (const source of SOURCES) {
    if (!matches(from.path, source) || (from.pathNot !== undefined && matches(from.pathNot, source))) continue;
    const groups = new RegExp(from.path ?? '').exec(source) ?? [];
    const excepted = not.map((pattern) =>
      pattern.replace(/\$(\d)/g, (_, group: string) => groups[Number(group)] ?? ''),
    );
    const isForbidden = (path: string): boolean =>
      matches(to.path, path) && !excepted.some((pattern) => matches(pattern, path));
    const target = to.dependencyTypes ? undefined : SOURCES.find((path) => path !== source && isForbidden(path));
    const outside = OUTSIDE.filter((specifier) =>
      to.dependencyTypes
        ? specifier.startsWith('node:')
        : /@nestjs/.test(to.path ?? '') && !specifier.startsWith('node:'),
    );
    const specifiers = [...(target === undefined ? [] : [specifierOf(source, target)]), ...outside];
    if (specifiers.length > 0) return specifiers.map((specifier) => ({ rule: name, from: source, specifier }));
  }
  return [];
}

function specifierOf(from: string, to: string): string {
  const path = relative(dirname(from), to).replace(/\.ts$/, '.js');
  return path.startsWith('.') ? path : `./${path}`;
}

/** A cycle of two files; one of the two imports is reported. */
const THERE: Planted = { rule: 'no-circular', from: 'libs/custody/src/masses.ts', specifier: './occurred-at.js' };
const BACK: Planted = { rule: 'no-circular', from: 'libs/custody/src/occurred-at.ts', specifier: './masses.js' };
const PLANTED = [
  THERE,
  ...forbidden.filter(({ to }) => to.path !== undefined || to.dependencyTypes).flatMap(plantedFor),
];

describe('the import rules between folders', () => {
  const copy = mkdtempSync(join(tmpdir(), 'lodebook-boundaries-'));
  let violations: readonly Violation[];

  function cruise(...args: string[]): SpawnSyncReturns<string> {
    const program = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const options = { cwd: copy, encoding: 'utf8', maxBuffer: 2 ** 28 } as const;
    return spawnSync(process.execPath, [program, ...args, '--config', CONFIG], options);
  }

  beforeAll(() => {
    for (const each of ['apps', 'libs', 'package.json', 'tsconfig.json', CONFIG]) {
      const filter = (source: string): boolean => !source.includes('node_modules');
      cpSync(join(ROOT, each), join(copy, each), { recursive: true, filter });
    }
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    writeFileSync(join(copy, ORPHAN), 'export const forgotten = 1;\n');
    for (const { from, specifier } of [...PLANTED, BACK]) appendFileSync(join(copy, from), `import '${specifier}';\n`);
    const { stdout } = cruise('apps', 'libs', '--output-type', 'json');
    ({ violations } = (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary);
  });

  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it('are each broken by an import of this test', () => {
    const broken = new Set([...PLANTED.map(({ rule }) => rule), 'no-orphans']);
    expect(forbidden.map(({ name }) => name).filter((name) => !broken.has(name))).toEqual([]);
  });

  it('fail `npm run boundaries` when one is broken', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: { boundaries: string };
    };
    expect(scripts.boundaries).toBe(`depcruise apps libs test --config ${CONFIG}`);
    expect(forbidden.filter(({ severity }) => severity !== 'error')).toEqual([]);
    expect(cruise('libs/access').status).not.toBe(0);
  });

  it.each(PLANTED)('$rule holds against $specifier in $from', ({ rule, from, specifier }) => {
    const found = violations.filter((violation) => violation.rule.name === rule && violation.from === from);
    const target = specifier.startsWith('.') ? join(dirname(from), specifier).replace(/\.js$/, '.ts') : specifier;
    expect(found.map(({ to }) => to)).toContainEqual(expect.stringContaining(target.replace(/^node:/, '')));
  });

  it.each(['libs/audit/src', 'libs/read-model/src', 'apps/server/src'])('cover every folder of %s', (house) => {
    const folders = readdirSync(join(ROOT, house), { withFileTypes: true }).filter((each) => each.isDirectory());
    const rooms = folders.map(({ name }) => name).filter((name) => name !== 'testing');
    const known = forbidden.flatMap(({ from, to }) =>
      from.path?.startsWith(`^${house}/`)
        ? [...`${from.path} ${to.path ?? ''}`.matchAll(/[a-z-]+(?=[|)/])/g)].flat()
        : [],
    );
    expect(rooms.filter((room) => !known.includes(room))).toEqual([]);
  });

  it('report a file that nothing imports', () => {
    expect(violations.filter(({ rule }) => rule.name === 'no-orphans').map(({ from }) => from)).toEqual([ORPHAN]);
  });
});
