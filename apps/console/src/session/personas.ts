/** Kept for the tab and no longer, as the key is. */
const STORED = 'lodebook-personas';

/** Somebody of the demonstration chain to look around as, with the key that the start printed. */
interface Persona {
  readonly name: string;
  readonly key: string;
}

/**
 * Takes the personas out of the address that the start of a demonstration prints (`#/personas?Regulator=lodebook_…`), so that
 * they stay neither there nor in the history. A fragment reaches no server: the ledger gives no key away to any page.
 * @returns whether there were any
 */
export function takePersonas(): boolean {
  const personas = personasIn(location.hash);
  if (personas.length === 0) return false;
  sessionStorage.setItem(STORED, JSON.stringify(personas));
  history.replaceState(null, '', '#/');
  return true;
}

/** @param hash as `location.hash` has it */
export function personasIn(hash: string): Persona[] {
  const [path, search = ''] = hash.split('?', 2);
  if (path !== '#/personas') return [];
  return [...new URLSearchParams(search)]
    .map(([name, key]) => ({ name, key }))
    .filter(({ name, key }) => /^[A-Z][a-z]{2,20}$/.test(name) && /^lodebook_[\w-]{20,200}$/.test(key));
}

export function personasKept(): readonly Persona[] {
  try {
    return JSON.parse(sessionStorage.getItem(STORED) ?? '[]') as Persona[];
  } catch {
    return [];
  }
}
