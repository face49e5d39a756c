/** What is wrong in a file of data, and where: `rules[3].thresholds.cobalt`. */
export interface FileProblem {
  readonly path: string;
  readonly message: string;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Reads the fields of one JSON object and collects every problem; reading goes on after a problem, to find them all. */
export class ObjectChecker {
  readonly #seen = new Set<string>();

  readonly #object: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #problems: FileProblem[];

  constructor(object: Readonly<Record<string, unknown>>, path: string, problems: FileProblem[]) {
    this.#object = object;
    this.#path = path;
    this.#problems = problems;
  }

  /** A checker for a JSON object, or undefined, with a problem, for anything else. */
  static of(value: unknown, path: string, problems: FileProblem[]): ObjectChecker | undefined {
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return new ObjectChecker(value as Readonly<Record<string, unknown>>, path, problems);
    problems.push({ path, message: 'must be an object' });
    return undefined;
  }

  at(field: string): string {
    return this.#path === '' ? field : `${this.#path}.${field}`;
  }

  fail(field: string, message: string): undefined {
    this.#problems.push({ path: this.at(field), message });
    return undefined;
  }

  has(field: string): boolean {
    return Object.hasOwn(this.#object, field);
  }

  fields(): string[] {
    return Object.keys(this.#object);
  }

  take(field: string): unknown {
    this.#seen.add(field);
    return this.has(field) ? this.#object[field] : undefined;
  }

  text(field: string): string | undefined {
    const value = this.take(field);
    return typeof value === 'string' && value.trim() !== '' ? value : this.fail(field, 'must be a text, not empty');
  }

  matching(field: string, pattern: RegExp, message: string): string | undefined {
    const value = this.take(field);
    return typeof value === 'string' && pattern.test(value) ? value : this.fail(field, message);
  }

  /** A calendar date, as the instant at which it begins in UTC. */
  date(field: string): string | undefined {
    const value = this.take(field);
    if (typeof value !== 'string' || !DATE.test(value)) return this.fail(field, 'must be a date, YYYY-MM-DD');
    const parsed = new Date(`${value}T00:00:00.000Z`);
    // Date rolls 30 February over into March instead of refusing it.
    if (Number.isNaN(parsed.getTime()) || !parsed.toISOString().startsWith(value))
      return this.fail(field, 'is no day of the calendar');
    return parsed.toISOString();
  }

  /** @param least default 1 */
  months(field: string, least = 1): number | undefined {
    const value = this.take(field);
    const isMonths = Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= 1_200;
    return isMonths ? (value as number) : this.fail(field, `must be a whole number of months, ${least} to 1200`);
  }

  flag(field: string): boolean | undefined {
    const value = this.take(field);
    return typeof value === 'boolean' ? value : this.fail(field, 'must be true or false');
  }

  oneOf<T extends string>(field: string, known: readonly T[]): T | undefined {
    const value = this.take(field);
    const found = known.find((each) => each === value);
    return found ?? this.fail(field, `must be one of ${known.join(', ')}`);
  }

  /** A list without repetition, not empty, of what `read` accepts. */
  list<T>(field: string, read: (value: unknown) => T | undefined, of: string): T[] | undefined {
    const value = this.take(field);
    if (!Array.isArray(value) || value.length === 0) return this.fail(field, `must be a list of ${of}, not empty`);
    const items: T[] = [];
    value.forEach((each: unknown, index) => {
      const item = read(each);
      if (item === undefined) this.fail(`${field}[${index}]`, `is no ${of}`);
      else if (items.includes(item)) this.fail(`${field}[${index}]`, 'is repeated');
      else items.push(item);
    });
    return items;
  }

  listOf<T extends string>(field: string, known: readonly T[], of: string): T[] | undefined {
    return this.list(field, (value) => known.find((each) => each === value), of);
  }

  texts(field: string, pattern: RegExp, of: string): string[] | undefined {
    return this.list(field, (value) => (typeof value === 'string' && pattern.test(value) ? value : undefined), of);
  }

  /** A misspelt field would be a row or rule silently left out. */
  refuseUnknown(): void {
    for (const field of this.fields()) if (!this.#seen.has(field)) this.fail(field, 'is unknown');
  }
}
