import { commandOf, targetOf, type Fact, type Target } from './fact.js';

/** A command as a line of an import file, or of a stream whose address has named its target already. */
export function importLine(
  fact: Pick<Fact, 'path'>,
  target: Target,
  body: unknown,
  idempotencyKey?: string,
): Record<string, unknown> {
  const named = Object.fromEntries(targetOf(fact).map((name) => [name, target[name]]));
  return { ...named, command: commandOf(fact), ...(idempotencyKey !== undefined && { idempotencyKey }), body };
}

/** Every word by which a line of a file can name its target. */
export function targetNames(facts: readonly Pick<Fact, 'path'>[]): string[] {
  return [...new Set(facts.flatMap(targetOf))];
}
