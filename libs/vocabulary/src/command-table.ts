import { bodyOfRow, columnOfFirst, columnsOf, type CellProblem } from './columns.js';
import { commandOf, targetNames, targetOf, type Fact } from './fact.js';
import { type TargetName } from './field.js';

const COMMAND = 'command';
const IDEMPOTENCY_KEY = 'idempotencyKey';

/** A row as a line of NDJSON would say it. */
export type LineOfRow = Readonly<Record<string, unknown>> & {
  readonly command: string;
  readonly idempotencyKey?: string;
  readonly body: Readonly<Record<string, unknown>>;
};

/** A file that is no table of commands: its first row says why. */
export class NotATable extends Error {
  override readonly name = 'NotATable';
}

/**
 * A table of commands: the first row names the columns, every other one is a command. Its columns are `command`,
 * `idempotencyKey` (may be left out), those of what the command's address names (`site`), and those of the bodies
 * ({@link columnsOf}), in any order. Rows of several commands may share a table: what one has no column for it leaves empty.
 */
export class CommandTable {
  readonly #facts: readonly Fact[];
  readonly #header: readonly string[];
  readonly #targets: ReadonlySet<TargetName>;

  /**
   * @param facts the commands that there may be
   * @param given what the addresses of all rows name, and needs no column
   * @throws NotATable when a column is none of a command's, is there twice, or the one of the commands is missing
   */
  constructor(facts: readonly Fact[], header: readonly string[], given: readonly TargetName[] = []) {
    this.#facts = facts.filter((fact) => columnsOf(fact) !== undefined);
    this.#header = header.map((name) => name.trim());
    this.#targets = new Set((targetNames(this.#facts) as TargetName[]).filter((name) => !given.includes(name)));
    if (!this.#header.includes(COMMAND)) throw new NotATable(`The first row must name a column “${COMMAND}”.`);
    const known = new Set([COMMAND, IDEMPOTENCY_KEY, ...this.#targets]);
    for (const fact of this.#facts) for (const { name } of columnsOf(fact)!) known.add(name);
    const seen = new Set<string>();
    for (const name of this.#header) {
      if (!known.has(columnOfFirst(name))) throw new NotATable(`No command has a column “${name}”.`);
      if (seen.has(name)) throw new NotATable(`The column “${name}” is there twice.`);
      seen.add(name);
    }
  }

  /** The command that a row says, or why it says none. */
  lineOf(row: readonly string[]): { readonly line: LineOfRow } | { readonly problems: readonly CellProblem[] } {
    if (row.slice(this.#header.length).some((text) => text.trim() !== ''))
      return { problems: [{ column: '', message: 'the row has more cells than the first one has columns' }] };
    const cells = new Map(this.#header.map((name, index) => [name, (row[index] ?? '').trim()]));
    const command = take(cells, COMMAND);
    const idempotencyKey = take(cells, IDEMPOTENCY_KEY);
    const fact = this.#factOf(command, cells);
    if (typeof fact === 'string') return { problems: [{ column: COMMAND, message: fact }] };
    const target = this.#namesIn(fact).map((name): [string, string] => [name, take(cells, name)]);
    const read = bodyOfRow(fact, cells);
    if ('problems' in read) return read;
    const key = idempotencyKey === '' ? {} : { idempotencyKey };
    return { line: { command, ...(Object.fromEntries(target) as Record<string, string>), ...key, body: read.body } };
  }

  /** The fact that a command of this name records whose address the row names, or why there is none. */
  #factOf(command: string, cells: ReadonlyMap<string, string>): Fact | string {
    if (command === '') return 'must name a command';
    const named = this.#facts.filter((fact) => commandOf(fact) === command);
    if (named.length === 0) return `must be one of ${[...new Set(this.#facts.map(commandOf))].sort().join(', ')}`;
    const isNamed = (name: TargetName): boolean => (cells.get(name) ?? '') !== '';
    // Of several the one whose address needs most of what the row says.
    const [found] = named
      .filter((fact) => this.#namesIn(fact).every(isNamed))
      .sort((a, b) => this.#namesIn(b).length - this.#namesIn(a).length);
    const needed = named.map((fact) => this.#namesIn(fact).join(' and '));
    return found ?? `needs ${needed.join(', or ')} in the same row`;
  }

  /** The columns of a command's address. */
  #namesIn(fact: Fact): TargetName[] {
    return targetOf(fact).filter((name) => this.#targets.has(name));
  }
}

function take(cells: Map<string, string>, column: string): string {
  const text = cells.get(column) ?? '';
  cells.delete(column);
  return text;
}
