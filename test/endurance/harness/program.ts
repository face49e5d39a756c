/** What a program is given to work with. */
export interface Setting {
  /** How often, or for how many seconds where a round is one. */
  readonly rounds: number;
  /** Of everything random that can be repeated; when a process is killed cannot. */
  readonly seed: number;
  /** A new empty folder, removed when the program has ended. */
  folder(): Promise<string>;
  /** Tells whoever watches. */
  note(text: string): void;
}

/** What a program counted or measured, by name; the unit is in the name. */
export type Figures = Readonly<Record<string, number | string>>;

/** One promise of the ledger, tried against the real thing for as long as one likes. */
export interface EnduranceProgram {
  readonly name: string;
  /** What it tries, in a sentence. */
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
