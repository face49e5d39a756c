import { decodeBase64 } from './base64.js';
import { BundleError, isObject, type EvidenceRecord } from './bundle-format.js';
import { canonicalText } from './canonical-json.js';
import { HASH_BYTES } from './primitives.js';
import { VerificationError, type VerificationErrorCode } from './verification-error.js';

const RECORD_FIELDS = ['data', 'id', 'metadata', 'revision', 'stream', 'type'];
/** As far as a signed 64-bit integer goes, give or take: sizes are checked against the checkpoint. */
const DECIMAL = /^(0|[1-9][0-9]{0,18})$/;
/** `"record":` in ASCII. */
const RECORD_NAME = Uint8Array.of(0x22, 0x72, 0x65, 0x63, 0x6f, 0x72, 0x64, 0x22, 0x3a);
const QUOTE = 0x22;

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** One line of a bundle: an object in canonical form. Every refusal of it names the place. */
export class BundleLine {
  readonly content: Readonly<Record<string, unknown>>;

  /** @throws BundleError `not-json`, `not-canonical`, `lone-surrogate`, `too-deep`, `non-finite-number`. */
  constructor(
    readonly bytes: Uint8Array,
    /** 1-based. */
    readonly number: number,
  ) {
    let text: string;
    let value: unknown;
    try {
      text = strictUtf8.decode(bytes);
      value = JSON.parse(text);
    } catch (error) {
      throw new BundleError('not-json', number, '', 'not JSON in UTF-8', { cause: error });
    }
    if (!isObject(value) || Array.isArray(value)) this.fail('field-malformed', '', 'not an object');
    const canonical = this.at('', () => canonicalText(value));
    if (canonical !== text)
      this.fail('not-canonical', '', `not as RFC 8785 writes it, ${differenceOf(text, canonical)}`);
    this.content = value;
  }

  fail(code: VerificationErrorCode, field: string, reason: string): never {
    throw new BundleError(code, this.number, field, reason);
  }

  /** Runs a check of one field and gives its refusal the place. */
  at<T>(field: string, check: () => T): T {
    try {
      return check();
    } catch (error) {
      if (!(error instanceof VerificationError)) throw error;
      throw new BundleError(error.code, this.number, field, error.message, { cause: error });
    }
  }

  /** @param names all fields that the line must have, in ascending order. */
  requireFields(names: readonly string[]): void {
    const present = Object.keys(this.content);
    const missing = names.find((name) => !present.includes(name));
    if (missing !== undefined) this.fail('field-malformed', missing, 'missing');
    const unknown = present.find((name) => !names.includes(name));
    if (unknown !== undefined) this.fail('field-malformed', '', `an unknown field ${JSON.stringify(unknown)}`);
  }

  requireText(field: string): string {
    const value = this.content[field];
    if (typeof value !== 'string') this.fail('field-malformed', field, 'not a string');
    return value;
  }

  requireDecimal(field: string): bigint {
    const text = this.requireText(field);
    if (!DECIMAL.test(text)) this.fail('field-malformed', field, 'not a decimal number');
    return BigInt(text);
  }

  requireHash(field: string): Uint8Array {
    const bytes = decodeBase64(this.requireText(field));
    if (bytes === undefined) this.fail('field-malformed', field, 'not canonical base64');
    if (bytes.length !== HASH_BYTES) this.fail('hash-malformed', field, `not ${HASH_BYTES} bytes`);
    return bytes;
  }

  requireHashes(field: string): Uint8Array[] {
    const value = this.content[field];
    if (!Array.isArray(value)) this.fail('field-malformed', field, 'not a list');
    return value.map((item: unknown, i) => {
      const bytes = typeof item === 'string' ? decodeBase64(item) : undefined;
      return bytes ?? this.fail('field-malformed', `${field}[${i}]`, 'not canonical base64');
    });
  }

  requireRecord(): EvidenceRecord {
    const record = this.content['record'];
    if (!isObject(record) || Object.keys(record).join() !== RECORD_FIELDS.join()) {
      this.fail('field-malformed', 'record', `not an object of ${RECORD_FIELDS.join(', ')}`);
    }
    for (const field of RECORD_FIELDS) {
      const value = record[field];
      const isPlain = field === 'data' || field === 'metadata';
      const fits = isPlain ? isObject(value) && !Array.isArray(value) : typeof value === 'string' && value !== '';
      if (!fits) this.fail('field-malformed', `record.${field}`, isPlain ? 'not an object' : 'not a string');
    }
    if (!DECIMAL.test(record['revision'] as string)) {
      this.fail('field-malformed', 'record.revision', 'not a decimal number');
    }
    return record as unknown as EvidenceRecord;
  }

  /**
   * The record's canonical bytes, as they stand in the line: it is canonical and the record its last member. The name is
   * found at the first quote that begins `"record":`; within a string the second quote would be escaped.
   */
  recordBytes(): Uint8Array {
    let at = this.bytes.indexOf(QUOTE);
    while (!RECORD_NAME.every((byte, i) => this.bytes[at + i] === byte)) at = this.bytes.indexOf(QUOTE, at + 1);
    return this.bytes.subarray(at + RECORD_NAME.length, this.bytes.length - 1);
  }
}

function differenceOf(text: string, canonical: string): string {
  let column = 0;
  while (column < text.length && text[column] === canonical[column]) column++;
  return `from column ${column + 1}`;
}
