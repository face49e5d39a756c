import { ATTESTED_CRITERIA } from '#attestation';
import { MINERALS } from '#custody';
import {
  batchRef,
  DOCUMENT_KINDS,
  flag,
  grams,
  ids,
  instant,
  list,
  object,
  oneOf,
  pattern,
  siteRef,
  term,
  wholeNumber,
  type ReadonlyOf,
} from '#vocabulary';
import { BATTERY_CATEGORIES, CLAIMS } from '../programmes/index.js';

/** Worst first: the verdict of a whole is the worst of its parts. */
export type ProofVerdict = 'broken' | 'unproven' | 'holds';
/**
 * None of the others is a failure. `undetermined`: whether the rule is in force depends on an act that is not known to have
 * been adopted.
 */
export const VERDICTS = ['holds', 'broken', 'unproven', 'undetermined', 'not-in-force', 'out-of-scope'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Why a claim does not hold: each is explained in `docs/reasons.md`. */
export const BECAUSES = [
  'share-below-threshold',
  'share-undecided',
  'declared-above-derived',
  'declared-undecided',
  'label-not-accepted',
  'label-not-intact',
  'label-not-recorded',
  'attestation-gap',
  'attestation-suspended',
  'attestation-revoked',
  'accreditation-withdrawn',
  'finding',
  'investigation-open',
  'origin-undocumented',
  'in-transit',
  'held',
  'used-before-arrival',
  'mass-not-conserved',
  'overdrawn',
  'custody-model-mixed',
  'custody-model-undecided',
  'content-unknown',
  'country-undecided',
  'country-share-below-threshold',
  'export-duty',
  'quantitative-restriction',
  'terms-not-recorded',
  'terms-contradicted',
  'document-not-recorded',
  'entity-of-concern',
  'not-vouched',
  'correction-unconfirmed',
  'withheld',
] as const;
export type Because = (typeof BECAUSES)[number];

/** What tells one line of a programme from another. */
export const SUBJECT = {
  claim: oneOf(CLAIMS),
  mineral: oneOf(MINERALS, { optional: true }),
  right: oneOf(ATTESTED_CRITERIA, {
    optional: true,
    description: 'Labour right, risk of conduct or environmental criterion',
  }),
  document: oneOf(DOCUMENT_KINDS, { optional: true, description: 'Of `documented`: which document' }),
};
export type Subject = ReadonlyOf<typeof SUBJECT>;

/** A share: decimal string with 6 places, rounded half even; the comparison itself is exact. */
export const shareTo6Places = (description: string) =>
  pattern(/^\d\.\d{6}$/, 'must have 6 decimal places', { optional: true, description });
const milligrams = (description = 'Exact; the same in grams adds up to the content') =>
  wholeNumber({ optional: true, description });
const wholeGrams = () => grams({ optional: true });

const MEASURES = {
  lower: shareTo6Places('Proven share'),
  upper: shareTo6Places('Share if all that is undecided counted'),
  threshold: shareTo6Places('Share asked for; of `recycled-declared`, the share declared'),
  recycledMilligrams: milligrams(),
  undeclaredMilligrams: milligrams(),
  unvouchedMilligrams: milligrams('Would count if somebody vouched for it; of rules that ask for that'),
  totalMilligrams: milligrams(),
  recycledGrams: wholeGrams(),
  undeclaredGrams: wholeGrams(),
  unvouchedGrams: wholeGrams(),
  totalGrams: wholeGrams(),
};
export type Measures = ReadonlyOf<typeof MEASURES>;

const CLAIM_LINE = {
  ...SUBJECT,
  verdict: oneOf(VERDICTS),
  citation: term(),
  act: term({ optional: true, description: 'Of `undetermined`: the act that the rule awaits' }),
  indicative: flag({
    optional: true,
    description: 'True: the duty is not laid on what is asked about; the verdict is what it would be if it were',
  }),
  ...MEASURES,
};
export type ClaimLine = ReadonlyOf<typeof CLAIM_LINE>;

/** Why: the first thing found wrong, where, when, and the events that decide. */
export const GROUNDS = {
  verdict: oneOf(['broken', 'unproven']),
  because: oneOf(BECAUSES, { description: 'Each is explained in docs/reasons.md', example: 'attestation-gap' }),
  batchId: batchRef({ optional: true }),
  siteId: siteRef({ optional: true }),
  from: instant({ optional: true, description: 'Of custody that is not covered, or that a finding overlaps' }),
  until: instant({ optional: true, description: 'The first moment after that' }),
  eventIds: ids('event', { description: 'The events that decide, in log order' }),
};
export const REASON = { ...SUBJECT, ...GROUNDS };
export type Reason = ReadonlyOf<typeof REASON>;

/** What a question supposes in the place of what is known. */
const WHAT_IF = {
  batteryCategory: oneOf(BATTERY_CATEGORIES, { optional: true, description: 'Were it a battery of this category' }),
  rulesAt: instant({ optional: true, description: 'Had it been placed on the market then' }),
};
export type WhatIf = ReadonlyOf<typeof WHAT_IF>;

/** The answer of `evaluate`: what `GET /v1/batches/{batch}/claims` says, without what the read model adds. */
export const CLAIMS_VERDICT = {
  batchId: batchRef(),
  programme: term({ description: '`id@version`', example: 'us-japan-cma-2023@1' }),
  validAt: instant(),
  rulesAt: instant({ description: 'Which law applied' }),
  whatIf: object('WhatIf', WHAT_IF, {
    optional: true,
    description: 'What the question supposes, and is not so: nothing of the kind is owed',
  }),
  verdict: oneOf(VERDICTS),
  claims: list('Claim', CLAIM_LINE),
  reasons: list('Reason', REASON),
  // Never too late; it may be a moment at which nothing changes after all.
  standsUntil: instant({
    optional: true,
    description:
      'The first moment after validAt at which the passing of time alone could change the verdict. Absent: it never can',
  }),
};
export type ClaimsVerdict = ReadonlyOf<typeof CLAIMS_VERDICT>;
