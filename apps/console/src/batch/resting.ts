import { type Missing, type RestsOn, type Statement } from '../api/answers.js';
import { aboutOf, WORST_FIRST } from './verdict-words.js';

/** A statement, and the lines of a programme that rest on it, by what each would be without it. */
export interface Resting extends Omit<Statement, 'missing'> {
  readonly without: readonly { readonly missing: Missing; readonly about: string }[];
}

/**
 * The lines of an answer turned round: by statement, each once, with what would be missing without it. First those that a
 * line falls without, of these the one that counts the shortest.
 */
export function restingOn({ claims }: RestsOn): Resting[] {
  const statements = new Map<
    string,
    { statement: Statement; without: Map<string, [Missing, RestsOn['claims'][number][]]> }
  >();
  for (const line of claims) {
    for (const statement of line.statements) {
      const { missing, ...vouches } = statement;
      const key = JSON.stringify(vouches);
      const there = statements.get(key) ?? { statement, without: new Map() };
      const [, lines] = there.without.get(JSON.stringify(missing)) ?? [missing, []];
      there.without.set(JSON.stringify(missing), [missing, [...lines, line]]);
      statements.set(key, there);
    }
  }
  return [...statements.values()]
    .map(({ statement: { missing: _, ...statement }, without }) => ({
      ...statement,
      without: [...without.values()]
        .map(([missing, about]) => ({ missing, about: aboutOf({ about }) }))
        .sort((a, b) => rankOf(a.missing) - rankOf(b.missing)),
    }))
    .sort((a, b) => rankOf(a.without[0]!.missing) - rankOf(b.without[0]!.missing) || (a.until < b.until ? -1 : 1));
}

function rankOf({ verdict }: Missing): number {
  return WORST_FIRST.indexOf(verdict);
}
