/**
 * Ids of products. Any id will do; one that is a GTIN with a serial number is known in every form that GS1 gives it, and kept
 * in one, so that a product has one id.
 */

/** The resolver of GS1's canonical form (GS1 Digital Link URI Syntax 1.3, 4.12). */
const CANONICAL_STEM = 'https://id.gs1.org';

/** GTIN-8, -12, -13, -14. */
const GTIN = '(\\d{8}|\\d{12,14})';
/**
 * The path of a Digital Link: primary key 01, qualifiers 22 (variant) and 10 (lot) in the order of the syntax, 21 (serial);
 * on any domain and behind any path, or by itself. What follows (query, fragment) says nothing of which product it is.
 */
const LINK = new RegExp(
  `^(?:https?://[^/?#]+(?:/[^?#]*?)?/|/)?01/${GTIN}(?:/22/[^/?#]+)?(?:/10/[^/?#]+)?/21/([^/?#]+)/?(?:[?#].*)?$`,
  'iu',
);
/** As it is printed below a symbol (GS1 General Specifications, human readable interpretation). */
const PRINTED = new RegExp(`^\\(01\\)${GTIN}(?:\\(22\\)[^()]+)?(?:\\(10\\)[^()]+)?\\(21\\)([^()]+)$`, 'u');
/** Up to 20 characters of set 82, of which 21 may hold any (GS1 General Specifications, figure 7.11-1). */
const SERIAL = /^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}$/;

/** A GTIN with a serial number: the 14 digits, and the serial number, decoded. */
export interface SerialisedGtin {
  readonly gtin: string;
  readonly serial: string;
}

export type ReadProductId =
  | { readonly form: 'gs1'; readonly id: string; readonly of: SerialisedGtin }
  /** It was meant as a GTIN with a serial number, and cannot be one. */
  | { readonly form: 'not-gs1'; readonly problem: string }
  | { readonly form: 'other'; readonly id: string };

/** The id that a text means: of a GTIN with a serial number in any of its forms the canonical URI, else the text. */
export function readProductId(text: string): ReadProductId {
  const [, digits, encoded] = LINK.exec(text) ?? PRINTED.exec(text) ?? [];
  if (digits === undefined || encoded === undefined) return { form: 'other', id: text };
  const gtin = digits.padStart(14, '0');
  if (!hasCheckDigit(gtin)) return { form: 'not-gs1', problem: `${digits} is no GTIN: its check digit is wrong` };
  const serial = decoded(encoded);
  if (serial === undefined || !SERIAL.test(serial)) {
    return { form: 'not-gs1', problem: `${encoded} is no serial number of GS1 (AI 21)` };
  }
  return { form: 'gs1', id: `${CANONICAL_STEM}/01/${gtin}/21/${encodeURIComponent(serial)}`, of: { gtin, serial } };
}

/**
 * The id under which a text looks for a product: as {@link readProductId}; of what means to be a GTIN with a serial number and
 * cannot be one, the text itself, under which there is nothing.
 */
export function soughtProductId(text: string): string {
  const read = readProductId(text);
  return read.form === 'not-gs1' ? text : read.id;
}

/** Weights 3 and 1 from the right, sum divisible by ten (GS1 General Specifications, 7.9). */
export function hasCheckDigit(digits: string): boolean {
  const sum = [...digits]
    .reverse()
    .reduce((total, digit, place) => total + Number(digit) * (place % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
