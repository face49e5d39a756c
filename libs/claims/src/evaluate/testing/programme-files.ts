import { readdirSync, readFileSync } from 'node:fs';
import { parseProgramme, programmeReference, type Programme, type Rule } from '../../programmes/index.js';

const FOLDER = new URL('../../../programmes/', import.meta.url);

/** The files of `libs/claims/programmes`: name → text. */
export function programmeFiles(): Map<string, string> {
  return new Map(readdirSync(FOLDER).map((name) => [name, readFileSync(new URL(name, FOLDER), 'utf8')]));
}

/** A programme of the repository, `id@version`. */
export function programmeOf(reference: string): Programme {
  const read = parseProgramme(JSON.parse(programmeFiles().get(`${reference}.json`) ?? 'null'));
  if ('problems' in read) throw new Error(`${reference}: ${JSON.stringify(read.problems)}`);
  if (programmeReference(read.programme) !== reference) throw new Error(`${reference} names itself otherwise`);
  return read.programme;
}

type Preset = 'citation' | 'from' | 'subject';
type RuleTerms<R> = R extends Rule ? Omit<R, Preset> & Partial<Pick<R, Preset>> : never;

/** A programme of these rules, in force since 2000. */
export function programmeWith(...rules: RuleTerms<Rule>[]): Programme {
  return {
    id: 'test',
    version: '1',
    title: 'Test',
    published: '2000-01-01T00:00:00.000Z',
    source: 'https://example.org/',
    rules: rules.map((rule) => ({
      citation: 'Test',
      from: '2000-01-01T00:00:00.000Z',
      subject: 'batch' as const,
      ...rule,
    })),
  };
}
