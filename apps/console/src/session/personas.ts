/** Kept for the life of the tab, like the key. */
const STORED = 'lodebook-personas';

/** A persona of the demonstration chain, with the key that the ledger printed at its first start. */
interface Persona {
  readonly name: string;
  readonly key: string;
}

/**
 * Takes the personas from the address that the start of a demonstration prints (`#/personas?Regulator=lodebook_…`), and
 * removes them from the address bar and the history. A fragment is never sent to a server, so the keys stay in the browser.
 * @returns whether there were any
 */
export function takePersonas(): boolean {
  const personas = personasIn(location.hash);
  if (personas.length === 0) return false;
  sessionStorage.setItem(STORED, JSON.stringify(personas));
  history.replaceState(null, '', '#/');
  return true;
}

/** @param hash as in `location.hash` */
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
