import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { parseProgramme, type Rule } from '#claims';

const FOLDER = new URL('../libs/claims/programmes/', import.meta.url);
const page = readFileSync(new URL('../docs/rules.md', import.meta.url), 'utf8');
const sections = new Map(
  page
    .split('\n## ')
    .slice(1)
    .map((section): [string, string[][]] => [
      section.slice(1, section.indexOf('`', 1)),
      section
        .split('\n')
        .filter((line) => line.startsWith('| ') && !line.startsWith('| clause') && !line.startsWith('| ---'))
        .map((line) =>
          line
            .slice(2, -2)
            .split(' | ')
            .map((cell) => cell.trim()),
        ),
    ]),
);

const whole = (share: string): string => `${Math.round(Number(share) * 100)} %`;
const day = (moment: string): string => moment.slice(0, 10);

/** What a rule asks for, as the page writes it. */
function asks(rule: Rule): string {
  switch (rule.claim) {
    case 'recycled-content':
      return Object.entries(rule.thresholds)
        .map(([mineral, share]) => `${mineral} ${whole(share)}`)
        .join(', ');
    case 'recycled-declared':
      return rule.minerals.join(', ');
    case 'origin':
      return whole(rule.threshold);
    case 'control':
      return `${whole(rule.share)} of ${rule.countries.join(', ')}`;
    case 'labour':
      return rule.rights.join(', ');
    case 'environment':
      return rule.criteria.join(', ');
    case 'conduct':
      return rule.risks.join(', ');
    case 'documented':
      return rule.document;
    case 'labelling':
      return rule.acceptedStandards.join(', ');
    case 'trade-terms':
      return rule.parties.join(', ');
    case 'custody':
    case 'mass-balance':
    case 'chain-of-custody':
      return '';
  }
}

function force({ from, until, awaits }: Rule): string {
  const begins =
    awaits === undefined ? day(from) : `${day(from)}, or ${awaits.months} months after an act, whichever is later`;
  return until === undefined ? begins : `${begins} to ${day(until)}`;
}

describe('docs/rules.md', () => {
  const files = readdirSync(FOLDER);

  it('has a section for each programme, and no other', () => {
    expect([...sections.keys()].sort()).toEqual(files.map((name) => name.replace(/\.json$/, '')).sort());
  });

  it.each(files)('has a row for each rule of %s, in its order: clause, duty, dates, what is asked', (name) => {
    const read = parseProgramme(JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')));
    if ('problems' in read) throw new Error(JSON.stringify(read.problems));
    const rows = sections.get(name.replace(/\.json$/, '')) ?? [];
    const expected = read.programme.rules.map((rule) => [
      rule.citation,
      `\`${rule.claim}\``,
      rule.subject,
      force(rule),
      asks(rule),
    ]);
    expect(rows.map((row) => row.slice(0, 5))).toEqual(expected);
  });

  it('gives for each rule its source, and the confidence in it', () => {
    for (const rows of sections.values())
      for (const row of rows) {
        expect(row).toHaveLength(7);
        expect(row[5]).not.toBe('');
        expect(row[6]).toMatch(/^(high|medium|low)\b/);
      }
  });
});
