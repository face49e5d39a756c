/** What a program is given to work with. */
export interface Setting {
  /** How often, or for how many seconds where a round is one. */
  readonly rounds: number;
  /** Seed of everything random, except the moment at which a process is killed, which cannot be repeated. */
  readonly seed: number;
  /** A new empty folder, removed when the program has ended. */
  folder(): Promise<string>;
  /** Reports progress. */
  note(text: string): void;
}

/** What a program counted or measured, by name; the unit is in the name. */
export type Figures = Readonly<Record<string, number | string>>;

/** A program that tests one promise of the ledger against the real thing, for as long as wanted. */
export interface EnduranceProgram {
  readonly name: string;
  /** What it tests, in a sentence. */
  readonly tries: string;
  /** What one round is. */
  readonly round: string;
  readonly rounds: { readonly short: number; readonly long: number };
  /** Why it cannot run on this machine; undefined when it can. */
  readonly missing?: () => string | undefined;
  /** @throws BrokenPromise when the ledger did what it must not */
  run(setting: Setting): Promise<Figures>;
}

/** The ledger did what it must not. */
export class BrokenPromise extends Error {
  override readonly name = 'BrokenPromise';
}

/** @throws BrokenPromise with what was found */
export function promise(kept: boolean, found: () => string): void {
  if (!kept) throw new BrokenPromise(found());
}
