import { Basis, chooseProgramme, type Programme } from '#claims';

/** What the newest published version of each programme asks of chains. */
export class CurrentBasis {
  #last: Basis | undefined;

  /** @param programmes every version known */
  constructor(readonly programmes: readonly Programme[]) {}

  /** @param now RFC 3339 UTC with milliseconds */
  at(now: string): Basis {
    const ids = [...new Set(this.programmes.map((programme) => programme.id))].sort();
    const chosen = ids.flatMap((id) => chooseProgramme(this.programmes, id, now) ?? []);
    const last = this.#last?.programmes;
    const isSame = last?.length === chosen.length && last.every((each, index) => each === chosen[index]);
    if (this.#last === undefined || !isSame) this.#last = new Basis(chosen);
    return this.#last;
  }
}
