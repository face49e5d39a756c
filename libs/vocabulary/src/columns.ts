import { bodyFields, sentFields, type Fact } from './fact.js';
import { type Field, type Fields, type Form } from './field.js';

/** A column of a table of commands (RFC 4180), a row each. */
export interface Column {
  /** The place in the body, from its top: `contentGrams.cobalt`, `inputs.1.batchId`. */
  readonly name: string;
  readonly form: Form;
  /** Whether every row needs it; of a member of a list or an optional object, whether it does once others of it are given. */
  readonly isNeeded: boolean;
  readonly description?: string;
}

export interface CellProblem {
  readonly column: string;
  readonly message: string;
}

type Leaf = Exclude<Form, { readonly kind: 'object' | 'list' | 'replacement' | 'json' }>;

/** Between the values of a cell that holds several. */
const BETWEEN_VALUES = ';';

/**
 * The columns of a command's body. Those of a list are given for its first entry; the others are numbered on, `inputs.2.batchId`.
 * @returns undefined: its body does not fit a row, since a value in it may have any shape
 */
export function columnsOf(fact: Pick<Fact, 'fields'>): readonly Column[] | undefined {
  const columns = columnsIn(fieldsOfRow(fact), '', true);
  return columns.some(({ form }) => form.kind === 'replacement' || form.kind === 'json') ? undefined : columns;
}

/** What is withheld needs a value of any shape beside it: a line of NDJSON can say it, a row cannot. */
function fieldsOfRow(fact: Pick<Fact, 'fields'>): Fields {
  const { withheld, ...rest } = bodyFields(fact);
  return rest;
}

function columnsIn(fields: Fields, before: string, needed: boolean): Column[] {
  return Object.entries(sentFields(fields)).flatMap(([name, { form, options }]) => {
    const isNeeded = needed && options.optional !== true;
    const at = `${before}${name}`;
    if (form.kind === 'object') return columnsIn(form.fields, `${at}.`, isNeeded);
    if (form.kind === 'list') return columnsIn(form.fields, `${at}.1.`, isNeeded);
    const { description } = options;
    return [{ name: at, form, isNeeded, ...(description !== undefined && { description }) }];
  });
}

/** The column that tells what an entry of a list is, whichever entry: `inputs.12.grams` → `inputs.1.grams`. */
export function columnOfFirst(name: string): string {
  return name.replaceAll(/\.[1-9]\d*\./g, '.1.');
}

/**
 * The body of a command from a row of a table. An empty cell says nothing; a cell with several values has `;` between them.
 * Whether the values are allowed is the ledger's to say: only what cannot be read as the column's kind is a problem here.
 * @param cells by the names of their columns, see {@link columnsOf}
 */
export function bodyOfRow(
  fact: Pick<Fact, 'fields'>,
  cells: ReadonlyMap<string, string>,
): { readonly body: Record<string, unknown> } | { readonly problems: readonly CellProblem[] } {
  const row = new Row(cells);
  const body = row.object(fieldsOfRow(fact), '');
  const problems = row.problems();
  return problems.length === 0 ? { body } : { problems };
}

class Row {
  readonly #cells: ReadonlyMap<string, string>;
  readonly #problems: CellProblem[] = [];

  constructor(cells: ReadonlyMap<string, string>) {
    const said = [...cells].map(([column, text]) => [column, text.trim()] as const);
    this.#cells = new Map(said.filter(([, text]) => text !== ''));
  }

  readonly #read = new Set<string>();

  problems(): readonly CellProblem[] {
    const unread = [...this.#cells.keys()].filter((column) => !this.#read.has(column));
    return [...this.#problems, ...unread.map((column) => ({ column, message: 'this command has no such column' }))];
  }

  object(fields: Fields, before: string): Record<string, unknown> {
    const members = Object.entries(sentFields(fields)).map(
      ([name, field]) => [name, this.#member(field, `${before}${name}`)] as const,
    );
    return Object.fromEntries(members.filter(([, value]) => value !== undefined));
  }

  #member({ form, options }: Field, at: string): unknown {
    switch (form.kind) {
      case 'object': {
        const value = this.object(form.fields, `${at}.`);
        return options.optional === true && Object.keys(value).length === 0 ? undefined : value;
      }
      case 'list': {
        const entries = this.#entriesOf(at).map((number) => this.object(form.fields, `${at}.${number}.`));
        return entries.length === 0 ? undefined : entries;
      }
      case 'replacement':
      case 'json':
        return undefined;
      default:
        return this.#cell(form, at);
    }
  }

  /** The numbers of the entries of a list of which a cell says something, in their order. */
  #entriesOf(list: string): number[] {
    const numbers = [...this.#cells.keys()]
      .filter((column) => column.startsWith(`${list}.`))
      .map((column) => /^[1-9]\d{0,5}(?=\.)/.exec(column.slice(list.length + 1))?.[0]);
    return [...new Set(numbers.filter((number) => number !== undefined))].map(Number).sort((a, b) => a - b);
  }

  #cell(form: Leaf, column: string): unknown {
    const text = this.#cells.get(column);
    if (text === undefined) return undefined;
    this.#read.add(column);
    const value = valueOf(form, text);
    if (value === undefined) this.#problems.push({ column, message: MUST_BE[form.kind] ?? '' });
    return value;
  }
}

const MUST_BE: Partial<Record<Form['kind'], string>> = {
  grams: 'must be whole grams, in digits only',
  whole: 'must be a whole number, in digits only',
  flag: 'must be true or false',
};

/** @returns undefined: the text cannot be read as a value of this kind */
function valueOf(form: Leaf, text: string): unknown {
  switch (form.kind) {
    case 'grams':
    case 'whole':
      // As many digits as every number of them is held exactly.
      return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
    case 'flag':
      // Spreadsheets write TRUE.
      return /^(true|false)$/i.test(text) ? text.toLowerCase() === 'true' : undefined;
    case 'ids':
    case 'some-of':
      return text
        .split(BETWEEN_VALUES)
        .map((value) => value.trim())
        .filter((value) => value !== '');
    default:
      return text;
  }
}
