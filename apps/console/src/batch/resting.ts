import { type Missing, type RestsOn, type Statement } from '../api/answers.js';
import { aboutOf, WORST_FIRST } from './verdict-words.js';

/** A statement, and the lines of a programme that rest on it, by what each would be without it. */
export interface Resting extends Omit<Statement, 'missing'> {
  readonly without: readonly { readonly missing: Missing; readonly about: string }[];
}

interface Without {
  readonly missing: Missing;
  readonly lines: RestsOn['claims'][number][];
}

/**
 * The lines of an answer turned round: by statement, each once, with what would be missing without it. First those that a
 * line falls without, of these the one that counts the shortest.
 */
export function restingOn({ claims }: RestsOn): Resting[] {
  const statements = new Map<string, { statement: Statement; without: Map<string, Without> }>();
  for (const line of claims) {
    for (const statement of line.statements) {
      const { missing, ...vouches } = statement;
      const key = JSON.stringify(vouches);
      const there = statements.get(key) ?? { statement, without: new Map<string, Without>() };
      const without = there.without.get(JSON.stringify(missing)) ?? { missing, lines: [] };
      without.lines.push(line);
      there.without.set(JSON.stringify(missing), without);
      statements.set(key, there);
    }
  }
  return [...statements.values()]
    .map(({ statement: { missing: _, ...statement }, without }) => ({
      ...statement,
      without: [...without.values()]
        .map(({ missing, lines }) => ({ missing, about: aboutOf({ about: lines }) }))
        .sort((a, b) => rankOf(a.missing) - rankOf(b.missing)),
    }))
    .sort((a, b) => rankOf(a.without[0]!.missing) - rankOf(b.without[0]!.missing) || (a.until < b.until ? -1 : 1));
}

/** The line is without the statement as it is with it. */
export function isSame({ because, lower }: Missing): boolean {
  return because === undefined && lower === undefined;
}

function rankOf(missing: Missing): number {
  return WORST_FIRST.indexOf(missing.verdict) + (isSame(missing) ? WORST_FIRST.length : 0);
}
