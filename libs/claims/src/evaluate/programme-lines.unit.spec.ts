import { describe, expect, it } from '@jest/globals';
import { parseProgramme, type BatteryCategory, type Programme } from '../programmes/index.js';
import { linesOf } from './programme-lines.js';
import { programmeFiles } from './testing/programme-files.js';

const CATEGORIES: (BatteryCategory | undefined)[] = [undefined, 'ev', 'lmt', 'industrial-external-storage'];

function parsed(text: string): Programme {
  const result = parseProgramme(JSON.parse(text));
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.programme;
}

/** The moments at which the law changes, and those a millisecond before and after. */
function momentsAround({ rules }: Programme): string[] {
  const changes = new Set(rules.flatMap(({ from, until }) => (until === undefined ? [from] : [from, until])));
  return [...changes].flatMap((change) => [-1, 0, 1].map((ms) => new Date(Date.parse(change) + ms).toISOString()));
}

describe.each([...programmeFiles()])('the lines of %s', (_, text) => {
  it('at any moment are those of a programme that was never asked about another', () => {
    const programme = parsed(text);
    for (const moment of [...momentsAround(programme).sort(), ...momentsAround(programme).sort().reverse()]) {
      for (const category of CATEGORIES) {
        const lines = linesOf(programme, moment, category);
        expect({ moment, category, lines }).toEqual({
          moment,
          category,
          lines: linesOf(parsed(text), moment, category),
        });
      }
    }
  });

  it('are the same list for all moments between two changes of the law', () => {
    const programme = parsed(text);
    const [first] = momentsAround(programme).sort();
    const before = [1, 2].map((days) => new Date(Date.parse(first!) - days * 86_400_000).toISOString());
    const [one, other] = before.map((moment) => linesOf(programme, moment, undefined));
    expect(one).toBe(other);
  });
});
