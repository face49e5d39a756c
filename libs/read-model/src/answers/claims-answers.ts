/** The answers about verdicts: on one batch, and counted over all. */
import { CLAIMS_VERDICT, GROUNDS, REASON, RESTS_ON, SUBJECT, VERDICTS, type Verdict } from '#claims';
import {
  list,
  object,
  term,
  text,
  wholeNumber,
  type AnswerOf,
  type Field,
  type ReadonlyOf,
  type RecordedOf,
} from '#vocabulary';

const EXPLANATION = {
  about: list('Subject', SUBJECT, { description: 'The lines of the programme that it explains' }),
  ...GROUNDS,
  // Written from redacted facts; redacting the sentence would treat it as somebody's own words.
  sentence: text({
    description:
      'What, where, when, and the events that decide, with who and their own words, as far as the caller may see them. Plain English, UTC',
  }),
};
export type Explanation = ReadonlyOf<typeof EXPLANATION>;

/** The verdict as `evaluate` gives it, and its reasons a second time: merged, and as sentences. */
export const EXPLAINED_VERDICT = {
  ...CLAIMS_VERDICT,
  explanations: list('Explanation', EXPLANATION),
  restsOn: object('RestsOn', RESTS_ON, { optional: true, description: 'On request: what each line rests on' }),
};
export type ExplainedVerdict = ReadonlyOf<typeof EXPLAINED_VERDICT>;

const KNOWN_AT = {
  logIndex: wholeNumber({
    description:
      'Up to which all events count. With `reasons=false` perhaps later ones do, too, and of the latest some may not yet; with `Ledger-Position` all do',
  }),
};
export const CLAIMS_ANSWER = {
  name: 'Claims',
  fields: {
    ...EXPLAINED_VERDICT,
    knownAt: object('KnownAt', KNOWN_AT),
    reasons: list('Reason', REASON, {
      optional: true,
      description: 'One for each line that does not hold, as replays and bundles say; none with `reasons=false`',
    }),
    explanations: list('Explanation', EXPLANATION, {
      optional: true,
      description: 'The same in sentences, once for all that the same events explain; none with `reasons=false`',
    }),
  },
};
export type ClaimsAnswer = ReadonlyOf<(typeof CLAIMS_ANSWER)['fields']>;

/** One field per verdict. */
const VERDICT_COUNTS = Object.fromEntries(
  VERDICTS.map((verdict) => [verdict, wholeNumber({ optional: true })]),
) as unknown as Readonly<Record<Verdict, Field<number, number, { readonly optional: true }>>>;
export type VerdictCounts = RecordedOf<typeof VERDICT_COUNTS>;

const CLAIM_COUNTS = { ...SUBJECT, verdicts: object('VerdictCounts', VERDICT_COUNTS) };

export const OVERVIEW_ANSWER = {
  name: 'Overview',
  fields: {
    programme: term({ description: '`id@version`' }),
    judgedUpTo: wholeNumber({
      description: 'Log index up to which all events are taken into account; −1 while the read model is being filled',
      min: -1,
    }),
    verdicts: object('VerdictCounts', VERDICT_COUNTS),
    claims: list('ClaimCounts', CLAIM_COUNTS),
  },
};
export type OverviewAnswer = AnswerOf<typeof OVERVIEW_ANSWER>;
