import { type Missing, type RestsOn, type Statement } from '../api/answers.js';
import { aboutOf, WORST_FIRST } from './verdict-words.js';

/** An attestation and the claims that rest on it, grouped by their verdicts without it. */
export interface Resting extends Omit<Statement, 'missing'> {
  readonly without: readonly { readonly missing: Missing; readonly about: string }[];
}

interface Without {
  readonly missing: Missing;
  readonly lines: RestsOn['claims'][number][];
}

/**
 * The claims of an answer, regrouped by attestation: each attestation once, with what would be missing without it. Those
 * without which a claim fails come first, of these the one that expires first.
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

/** Whether the claim is the same without the attestation as with it. */
export function isSame({ because, lower }: Missing): boolean {
  return because === undefined && lower === undefined;
}

function rankOf(missing: Missing): number {
  return WORST_FIRST.indexOf(missing.verdict) + (isSame(missing) ? WORST_FIRST.length : 0);
}
