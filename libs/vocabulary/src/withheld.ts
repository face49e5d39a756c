/** Why a value may be withheld: the Agreement's exception for essential security, privacy, and trade secrets. */
export const LEGAL_BASES = ['security-exception', 'personal-data', 'trade-secret'] as const;
export type LegalBasis = (typeof LEGAL_BASES)[number];

/** What stands in a record in the place of a value that is withheld. */
export interface Withheld {
  /** SHA-256 over a salt of 128 bits and the RFC 8785 form of the value, hex. */
  commitment: string;
  legalBasis: LegalBasis;
  /** From then on whoever may see the record may see the value. */
  until: string;
}

/** A value that a record may hold the commitment to instead. */
export type Withholdable<T> = T | Withheld;

export function isWithheld(value: unknown): value is Withheld {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<Withheld>).commitment === 'string' &&
    typeof (value as Partial<Withheld>).legalBasis === 'string' &&
    typeof (value as Partial<Withheld>).until === 'string'
  );
}

/** What of JSON is withheld, in the order in which it stands there. @returns JSON pointer (RFC 6901) → what stands at it */
export function withheldIn(value: unknown, at = ''): Map<string, Withheld> {
  const found = new Map<string, Withheld>();
  if (isWithheld(value)) return found.set(at, value);
  if (typeof value !== 'object' || value === null) return found;
  for (const [name, member] of Object.entries(value)) {
    const pointer = `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    for (const [path, withheld] of withheldIn(member, pointer)) found.set(path, withheld);
  }
  return found;
}

/** The same JSON with the values in place that are disclosed; commitment → value. What is not, stays withheld. */
export function disclosed<T>(value: T, values: ReadonlyMap<string, unknown>): T {
  if (isWithheld(value)) return (values.has(value.commitment) ? values.get(value.commitment) : value) as T;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => disclosed(item, values)) as T;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, disclosed(member, values)])) as T;
}
