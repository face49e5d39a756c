import { type Claim, type Reason, type VerdictWord } from './answers.js';

/** Shares as decimal texts. */
export interface SharesBetween {
  readonly lower: string;
  readonly upper: string;
  readonly milligrams: number;
}

/** All that left a plant of a model in a year. */
export interface ModelYear {
  readonly model: string;
  readonly plantSiteId: string;
  readonly year: number;
  /** False: of those that the reader sees, and without a verdict. */
  readonly complete: boolean;
  readonly products: number;
  readonly shares: readonly (SharesBetween & {
    readonly mineral: string;
    readonly classes: readonly (SharesBetween & { readonly class: string })[];
  })[];
  readonly verdict?: VerdictWord;
  /** Judged each for itself. */
  readonly parts?: readonly {
    readonly products: number;
    readonly notPlaced: number;
    readonly rulesAt: string;
    readonly verdict: VerdictWord;
    readonly claims: readonly Claim[];
    readonly explanations: readonly Reason[];
  }[];
}
