import { type AttestedRight } from '#attestation';
import { type Mineral } from '#custody';
import { type DocumentKind } from '#vocabulary';
import { type BatteryCategory, type Claim } from '../programmes/index.js';

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

/** What a claim is made of: a programme's line is told from another by these. */
export interface Subject {
  readonly claim: Claim;
  readonly mineral?: Mineral;
  /** Labour right, risk of conduct or environmental criterion. */
  readonly right?: AttestedRight;
  /** Which document the law asks for. */
  readonly document?: DocumentKind;
}

/** Shares are decimal strings with 6 places, rounded half even; the comparison itself is exact. */
export interface Measures {
  /** Proven share. */
  readonly lower?: string;
  /** Share if all that is undecided counted. */
  readonly upper?: string;
  /** Share asked for; of `recycled-declared`, the share declared. */
  readonly threshold?: string;
  /** The exact amounts, and the same in whole grams that add up to the content. */
  readonly recycledMilligrams?: number;
  readonly undeclaredMilligrams?: number;
  /** Would count if somebody vouched for it; of rules that ask for that. */
  readonly unvouchedMilligrams?: number;
  readonly totalMilligrams?: number;
  readonly recycledGrams?: number;
  readonly undeclaredGrams?: number;
  readonly unvouchedGrams?: number;
  readonly totalGrams?: number;
}

export interface ClaimLine extends Subject, Measures {
  readonly verdict: Verdict;
  readonly citation: string;
  /** Of `undetermined`: the act that the rule awaits. */
  readonly act?: string;
  /** The rule's duty is not laid on what is asked about: the verdict is what it would be if it were. */
  readonly indicative?: true;
}

export interface Reason extends Subject {
  readonly verdict: Exclude<ProofVerdict, 'holds'>;
  readonly because: Because;
  readonly batchId?: string;
  readonly siteId?: string;
  /** Of custody that is not covered, or that a finding overlaps: [from, until). */
  readonly from?: string;
  readonly until?: string;
  /** In log order. */
  readonly eventIds: readonly string[];
}

/** What a question supposes in the place of what is known. */
export interface WhatIf {
  /** That it were a battery of this category. */
  readonly batteryCategory?: BatteryCategory;
  /** That it had been placed on the market on another day. */
  readonly rulesAt?: string;
}

/** The answer of `evaluate`: what `GET /v1/batches/{batch}/claims` says, without `knownAt`. */
export interface ClaimsVerdict {
  readonly batchId: string;
  /** `id@version`. */
  readonly programme: string;
  readonly validAt: string;
  /** Which law applied. */
  readonly rulesAt: string;
  /** What the question supposes: nothing of the kind is owed. */
  readonly whatIf?: WhatIf;
  readonly verdict: Verdict;
  readonly claims: readonly ClaimLine[];
  readonly reasons: readonly Reason[];
  /**
   * The first moment after validAt at which the passing of time alone could change the verdict: it stands before. Absent:
   * for ever. Never too late; it may be a moment at which nothing changes after all.
   */
  readonly standsUntil?: string;
}
