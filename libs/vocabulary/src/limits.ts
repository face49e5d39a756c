/** Forms and limits that the ledger's entry points and its deciders share. */

/** Largest mass, in grams: the largest integer that JSON numbers carry exactly everywhere. */
export const MAX_GRAMS = Number.MAX_SAFE_INTEGER;

/** Largest content of one mineral in a batch, in grams: composition is kept in milligrams, which must be safe integers. */
export const MAX_CONTENT_GRAMS = Math.floor(MAX_GRAMS / 1000);

/** Longest id, in characters. */
export const MAX_ID_CHARACTERS = 128;

/**
 * An id: 1 to 128 characters that can be seen. As far as any string may be one, it is the profile of UTS 39, section 3:
 * no spaces, controls and format characters, nothing that is drawn as nothing (default-ignorable, the blank of braille),
 * nothing without a fixed appearance (unassigned, private use), no combining mark at the beginning; ids that differ only by
 * these look the same to whoever reads an audit. Lone surrogates have no UTF-8 form to hash. `.` and `..` are path segments
 * of a URL. {@link isId} checks what a pattern cannot express.
 */
export const ID_PATTERN = /^(?!\.{1,2}$)(?!\p{M})[^\s\p{Z}\p{C}\p{Default_Ignorable_Code_Point}\u2800]{1,128}$/u;

/** Whether it matches {@link ID_PATTERN} and is in Unicode Normalization Form C, so that what looks the same is the same. */
export function isId(value: unknown): value is string {
  return (
    typeof value === 'string' && ID_PATTERN.test(value) && value.isWellFormed() && value.normalize('NFC') === value
  );
}

/** ISO 3166-1 alpha-2. */
export const COUNTRY_PATTERN = /^[A-Z]{2}$/;

/** A share as a decimal string: 0 to 1, at most 6 places. */
export const SHARE_PATTERN = /^(?:0(?:\.\d{1,6})?|1(?:\.0{1,6})?)$/;

/** SHA-256 in hex. */
export const SHA256_PATTERN = /^[0-9a-f]{64}$/;

/** 32 bytes in base64url without padding, unused bits zero: the only accepted spelling of an Ed25519 public key. */
export const PUBLIC_KEY_PATTERN = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/**
 * A compact JWS without its payload (RFC 7515 App. F), as far as a pattern can say: header, nothing, 64 bytes of signature
 * with the unused bits zero.
 */
export const DETACHED_JWS_PATTERN = /^[A-Za-z0-9_-]{1,900}\.\.[A-Za-z0-9_-]{85}[AQgw]$/;

/** RFC 3339, UTC, milliseconds: of fixed width, so that sorting the texts sorts the instants. */
export const TIME_PATTERN = /^\d{4}-(?:0\d|1[0-2])-(?:[0-2]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
