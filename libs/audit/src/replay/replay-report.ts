/** The report of a replay, and its progress messages. */
import { VERDICTS, type Verdict } from '#claims';
import { SIGNATURE_FINDINGS, type SignatureFinding } from '#signing';
import {
  byName,
  instant,
  list,
  object,
  oneOf,
  pattern,
  SHA256_PATTERN,
  strings,
  wholeNumber,
  type Field,
  type ReadonlyOf,
} from '#vocabulary';

export const REPLAY_PHASES = ['reading', 'folding', 'judging'] as const;
export type ReplayPhase = (typeof REPLAY_PHASES)[number];

const hash = (description: string) => pattern(SHA256_PATTERN, 'must be 64 hexadecimal digits', { description });

type Count = Field<number, number, { readonly optional: true }>;
/** How often each word of a list was found; those that were not found are left out. */
function countsOf<Word extends string>(words: readonly Word[]): Readonly<Record<Word, Count>> {
  return Object.fromEntries(words.map((word) => [word, wholeNumber({ optional: true })])) as Record<Word, Count>;
}

const SIGNATURE_FINDING = { logIndex: wholeNumber(), finding: oneOf(SIGNATURE_FINDINGS) };
const SIGNATURE_REPORT = {
  verified: wholeNumber({
    description: 'Signatures of commands that hold, those by keys revoked since then included',
  }),
  counts: object('SignatureCounts', countsOf<SignatureFinding>(SIGNATURE_FINDINGS), {
    description: 'Finding → how often',
  }),
  findings: list('SignatureFinding', SIGNATURE_FINDING, { description: 'The first hundred, in log order' }),
};
export type SignatureReport = ReadonlyOf<typeof SIGNATURE_REPORT>;

export const REPLAY_REPORT = {
  events: wholeNumber({ description: 'Events replayed' }),
  logSize: wholeNumber({ description: 'Events of the log when the replay began, all of them hashed' }),
  root: hash('Root over those, hexadecimal'),
  signedSize: wholeNumber({ description: 'Of these, covered by a signed checkpoint' }),
  validAt: instant({ nullable: true, description: 'Moment that the verdicts are about; null for an empty log' }),
  programmes: strings({ description: '`id@version` of each' }),
  signatures: object('SignatureReport', SIGNATURE_REPORT, { description: 'Of every event of the log' }),
  batches: wholeNumber(),
  verdicts: byName(countsOf<Verdict>(VERDICTS), { description: 'Programme → verdict → batches' }),
  digest: hash(
    'SHA-256 over the canonical verdicts, each with a newline, by batch (UTF-8 order) and programme, hexadecimal',
  ),
};
export type ReplayReport = ReadonlyOf<typeof REPLAY_REPORT>;
