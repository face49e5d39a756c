import { ConfigurationError } from './configuration-error.js';

const PREFIX = 'LODEBOOK_';

/**
 * Refuses a variable that nothing reads: otherwise a mistyped limit or key would silently have no effect.
 * @param known every variable that was asked for
 * @throws ConfigurationError with its name, and the known one that it resembles
 */
export function refuseUnknown(variables: Record<string, string | undefined>, known: ReadonlySet<string>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (!name.startsWith(PREFIX) || known.has(name) || value === undefined || value === '') continue;
    const meant = nearest(name, known);
    const hint =
      meant === undefined ? 'the table in docs/configuration.md has all there are' : `did you mean ${meant}?`;
    throw new ConfigurationError(name, `is not a variable of Lodebook: ${hint}`);
  }
}

/** The name with the smallest edit distance, if that is small for its length. */
function nearest(name: string, known: Iterable<string>): string | undefined {
  const own = name.slice(PREFIX.length);
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const candidate of known) {
    const distance = editDistance(own, candidate.slice(PREFIX.length));
    if (best === undefined || distance < best.distance) best = { name: candidate, distance };
  }
  return best !== undefined && best.distance <= Math.max(2, own.length / 3) ? best.name : undefined;
}

/** Letters to insert, delete or replace until one text is the other (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
