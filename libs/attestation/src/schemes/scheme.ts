import { ObjectChecker, type FileProblem } from '#vocabulary';
import { ATTESTED_CRITERIA, type AttestedRight } from '../terms.js';

/** Who judges: somebody independent, the customer, or the site's own organisation, which proves nothing. ISO/IEC 17000:2020. */
export const ASSURANCES = ['third-party', 'second-party', 'self'] as const;
export type Assurance = (typeof ASSURANCES)[number];

/** An attestation scheme: a standard or law by which attestors judge sites. One JSON file each. */
export interface AttestationScheme {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly assurance: Assurance;
  /** What an attestation under it can be about. */
  readonly covers: readonly AttestedRight[];
  /** How long an attestation may be valid, in calendar months. */
  readonly longestValidityMonths: number;
  /** How far before its issue an attestation may begin, in calendar months; 0: it begins with its issue at the earliest. */
  readonly longestBackdatingMonths: number;
}

/** The schemes that a ledger knows, by their ids. */
export type AttestationSchemes = ReadonlyMap<string, AttestationScheme>;

const IDENTIFIER = /^[a-z0-9][a-z0-9.-]{0,63}$/;
const URL_TEXT = /^https:\/\/\S+$/;

/** Reads a scheme from the JSON of its file. Every problem is listed with its path. */
export function parseScheme(json: unknown): { scheme: AttestationScheme } | { problems: FileProblem[] } {
  const problems: FileProblem[] = [];
  const file = ObjectChecker.of(json, '', problems);
  if (file === undefined) return { problems };
  const scheme = {
    id: file.matching('id', IDENTIFIER, 'must be lower-case letters, digits, dots and dashes, 64 at most'),
    title: file.text('title'),
    source: file.matching('source', URL_TEXT, 'must be an https address'),
    assurance: file.oneOf('assurance', ASSURANCES),
    covers: file.listOf('covers', ATTESTED_CRITERIA, 'right or criterion'),
    longestValidityMonths: file.months('longestValidityMonths'),
    longestBackdatingMonths: file.months('longestBackdatingMonths', 0),
  };
  file.refuseUnknown();
  // Without a problem every field was read: each reader either returns its value or records why not.
  return problems.length > 0 ? { problems } : { scheme: scheme as AttestationScheme };
}
