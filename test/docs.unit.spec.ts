import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BECAUSES } from '#claims';
import { MATERIALS, MINERALS, PROCESSES, SITE_FACTS, type Material, type Mineral } from '#custody';
import { commandOf } from '#vocabulary';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NOT_OURS = new Set(['node_modules', 'dist', '.git', '.jest-cache', 'data', 'coverage']);

/** Paths below the root with one of these endings. */
function filesOf(endings: readonly string[], folder = ROOT): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : filesOf(endings, path);
    return endings.some((ending) => entry.name.endsWith(ending)) ? [relative(ROOT, path)] : [];
  });
}
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** The cells of every table row of a text. */
function rowsOf(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[\s|:-]+\|$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split(' | ')
        .map((cell) => cell.trim()),
    );
}

const DOCUMENTS = filesOf(['.md']);
const README = read('README.md');

it('docs/domain.md has a row for each fact of a site', () => {
  const cell = (text: string | undefined): string => (text ?? '').replaceAll('`', '');
  const rows = rowsOf(read('docs/domain.md')).map(([event, command]) => [cell(event), cell(command)]);
  const facts = SITE_FACTS.map((fact) => [fact.type, commandOf(fact)]);
  expect(rows.filter(([event]) => facts.some(([type]) => type === event)).sort()).toEqual(facts.sort());
});

it('docs/reasons.md explains each reason code, and no other', () => {
  const codes = rowsOf(read('docs/reasons.md')).flatMap(([cell]) => /^`([a-z-]+)`$/.exec(cell!)?.[1] ?? []);
  expect(codes.sort()).toEqual([...BECAUSES].sort());
});

describe('docs/tables.md', () => {
  const rows = rowsOf(read('docs/tables.md'));
  const yes = (cell: boolean): string => (cell ? 'yes' : '');
  const symbol: Record<Mineral, string> = {
    cobalt: 'Co',
    graphite: 'C',
    lead: 'Pb',
    lithium: 'Li',
    manganese: 'Mn',
    nickel: 'Ni',
  };
  /** Percent of the minerals that the formulas name. */
  const most = ({ ceilings }: Material): string => {
    if (ceilings === undefined) return 'not bounded';
    const named = MINERALS.map((mineral) => {
      const { grams, ofGrams } = ceilings[mineral];
      return [symbol[mineral], ((100 * Number(grams)) / Number(ofGrams)).toFixed(2)];
    });
    return named.flatMap(([element, percent]) => (percent === '1.00' ? [] : `${element} ${percent}`)).join(', ');
  };

  it('lists the materials, and no other', () => {
    const expected = [...MATERIALS.values()].map((row) => {
      const { code, title, stage, waste, battery } = row;
      return [`\`${code}\``, title, stage, most(row), yes(waste), yes(battery)];
    });
    expect(rows.filter((row) => row.length === 6).slice(1)).toEqual(expected);
  });

  it('lists the processes, and no other', () => {
    const expected = [...PROCESSES.values()].map(({ code, title, activities, scrap, batteryManufacturing }) => [
      `\`${code}\``,
      title,
      (activities ?? ['any']).join(' or '),
      yes(scrap),
      yes(batteryManufacturing),
    ]);
    expect(rows.filter((row) => row.length === 5).slice(1)).toEqual(expected);
  });
});

describe('the documentation', () => {
  it('is found', () => {
    expect(DOCUMENTS).toEqual(expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'docs/architecture.md']));
  });

  it.each(DOCUMENTS)('%s links to files and headings that exist', (document) => {
    const targets = [...read(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
    const broken = targets.filter((target) => {
      if (/^https?:/.test(target)) return false;
      const [path, heading] = target.split('#') as [string, string?];
      const file = path === '' ? document : join(dirname(document), path);
      if (!existsSync(join(ROOT, file))) return true;
      return heading !== undefined && !headingsOf(read(file)).includes(heading);
    });
    expect(broken).toEqual([]);
  });

  it('has the pages that the sources refer to', () => {
    const sources = filesOf(['.ts', '.mjs', '.cjs']).filter((path) => !path.includes('.spec.'));
    const mentions = sources.flatMap((path) =>
      [...read(path).matchAll(/`(docs\/[a-z0-9/.-]+)`/g)].map(([, at]) => at!),
    );
    expect(mentions.length).toBeGreaterThan(0);
    expect([...new Set(mentions)].filter((mention) => !existsSync(join(ROOT, mention)))).toEqual([]);
  });

  it('names npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = DOCUMENTS.flatMap((path) => [...read(path).matchAll(/npm run ([a-z:-]+)/g)].map(([, name]) => name!));
    expect(named.length).toBeGreaterThan(0);
    expect([...new Set(named)].filter((name) => !(name in scripts))).toEqual([]);
  });

  it('names files of the repository that exist', () => {
    const named = DOCUMENTS.flatMap((path) =>
      [...read(path).matchAll(/`((?:apps|libs|test|docs|scripts)\/[\w@./-]+)`/g)].map(([, name]) => name!),
    );
    expect(named.length).toBeGreaterThan(0);
    expect([...new Set(named)].filter((name) => !existsSync(join(ROOT, name)))).toEqual([]);
  });
});

it('suites have their tier in their names, by which jest finds them', () => {
  const suites = filesOf(['.spec.ts']);
  expect(suites.length).toBeGreaterThan(100);
  expect(suites.filter((path) => !/\.(unit|int|e2e)\.spec\.ts$/.test(path))).toEqual([]);
});

describe('the security requirements', () => {
  const rows = rowsOf(read('docs/security.md')).filter(([first]) => first !== 'requirement' && first !== 'section');

  it('are those of the OWASP API Top 10, all ten, and of the ASVS', () => {
    const ofApi = new Set(rows.flatMap(([first]) => /^API(\d+)/.exec(first!)?.[1] ?? []));
    expect([...ofApi].map(Number).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(rows.filter(([first]) => /^V\d/.test(first!)).length).toBeGreaterThan(20);
  });

  it.each(rows.map((row) => [row[0]!, row] as const))(
    '%s is shown by a test that exists, or said not to be met',
    (_, row) => {
      expect(row).toHaveLength(3);
      const named = [...row[2]!.matchAll(/`([^`]+)`/g)].map(([, path]) => path!);
      expect(named.length > 0 || /not met|by review/.test(row[2]!)).toBe(true);
      for (const path of named) {
        expect([path, /\.(spec|program)\.ts$/.test(path), existsSync(join(ROOT, path))]).toEqual([path, true, true]);
      }
    },
  );
});

describe('the README', () => {
  it('is short enough to be read, and leads to every page of the documentation', () => {
    expect(Buffer.byteLength(README)).toBeLessThanOrEqual(8 * 1024);
    const pages = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
    expect(pages.filter((page) => !README.includes(`](docs/${page})`))).toEqual([]);
  });

  it('has every folder of libs and apps in its map, and no other', () => {
    const rooms = ['libs', 'apps'].flatMap((top) => readdirSync(join(ROOT, top)).map((name) => `${top}/${name}`));
    const map = README.slice(README.indexOf('## The map'), README.indexOf('## Read on'));
    const inMap = [...map.matchAll(/`((?:libs|apps)\/[a-z-]+)`/g)].map(([, room]) => room!);
    expect(inMap.sort()).toEqual(rooms.sort());
  });
});

describe('the pages of the documentation', () => {
  it('have every problem code that is no refusal of the domain, with its status, in the table of the API', () => {
    const table = /const STATUS_OF = \{([^}]*)\}/.exec(read('apps/server/src/problem/problem.ts'))![1]!;
    const inCode = [...table.matchAll(/^ {2}'?([a-z-]+)'?: (\d+),$/gm)].map(([, code, status]) => `${code} ${status}`);
    const inTable = rowsOf(read('docs/api.md')).flatMap(([code, status]) => {
      const named = /^`([a-z-]+)`$/.exec(code!)?.[1];
      return named === undefined ? [] : [`${named} ${/^\d+/.exec(status!)?.[0]}`];
    });
    expect(inCode.length).toBeGreaterThan(10);
    expect(inCode.filter((each) => !inTable.includes(each))).toEqual([]);
  });

  it('state as many commands waiting for the disk as the code allows', () => {
    const lines = /LINES_UNDER_WAY = ([\d_]+);/.exec(read('apps/server/src/intake/command-stream.ts'))![1]!;
    const most = Number(lines.replaceAll('_', '')).toLocaleString('en');
    expect(read('docs/operations.md')).toMatch(
      new RegExp(`commands of one stream that wait for the disk +\\| ${most},`),
    );
    expect(read('docs/api.md')).toContain(`Up to ${most} lines of a stream may wait for the disk.`);
    const chunk = read('libs/recording/src/site-chunk.ts');
    const [alone, others] = ['MOST_ALONE', 'MOST_AMONG_OTHERS'].map(
      (name) => new RegExp(`${name} = (\\d+);`).exec(chunk)![1]!,
    );
    expect(read('docs/architecture.md')).toContain(
      `Those that wait, ${alone} at most (${others} while other sites record`,
    );
  });

  it('have every variable of the configuration in one table, and no other', () => {
    const configuration = filesOf(['.ts'], join(ROOT, 'apps/server/src/configuration')).map(read).join('\n');
    const inCode = [...configuration.matchAll(/given\('(LODEBOOK_[A-Z_]+)'\)/g)].map(([, name]) => name!);
    const inTable = rowsOf(read('docs/configuration.md')).flatMap(
      ([cell]) => /^`(LODEBOOK_[A-Z_]+)`$/.exec(cell!)?.[1] ?? [],
    );
    expect(inCode.length).toBeGreaterThan(0);
    expect(inTable.sort()).toEqual(inCode.sort());
  });

  it('have every command of the command line in its table, and no other', () => {
    const program = read('apps/cli/src/program.ts');
    const inCode = [...program.matchAll(/^  \['([a-z]+)', async/gm)].map(([, name]) => name!);
    const inTable = rowsOf(read('docs/command-line.md')).flatMap(([cell]) => /^`([a-z]+)/.exec(cell!)?.[1] ?? []);
    expect(inCode.length).toBeGreaterThan(0);
    expect(inTable.sort()).toEqual(inCode.sort());
  });

  it('show a batch and its request for each verdict of each claim in the demonstration chain', () => {
    const full = rowsOf(read('apps/cli/demonstration/README.md')).filter(([, , , request]) =>
      request?.startsWith('`/v1/batches/'),
    );
    const shown = rowsOf(read('docs/verdicts.md')).filter((row) => row[4]?.startsWith('`/v1/batches/'));
    const judged = full.map(([claim, of, verdict, request, because]) => [claim, of, verdict, because, request].join());
    expect(shown.filter((row) => !judged.includes(row.join()))).toEqual([]);
    const kinds = (rows: readonly string[][]): string[] =>
      [...new Set(rows.map(([claim, , verdict]) => `${claim} ${verdict}`))].sort();
    expect(kinds(shown)).toEqual(kinds(full));
  });
});

/** The anchors of the headings: lower case, words joined by dashes, punctuation dropped. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  );
}
