import { type Because, type ClaimLine } from '../evaluate/index.js';
import { clauseOf, named, type Happening } from './happening.js';
import { type MergedReason } from './merged.js';
import { capital, listed, nameOf, percentOf, plainly, whenOf } from './words.js';

/** How many events a sentence describes; the rest are counted. */
const MOST_TOLD = 3;

/** A reason's facts in words. */
interface Facts {
  /** The batch, or `the batch`. */
  readonly batch: string;
  /** ` at kurobe-works`, or nothing. */
  readonly at: string;
  readonly site: string;
  /** ` from 2 May 2026 to 3 May 2026`, or nothing. */
  readonly during: string;
  /** Rights, criteria or minerals. */
  readonly subjects: string;
  /** `: 7.1 % proven, 9 % at most, 16 % needed`, or nothing. */
  readonly shares: string;
}

const there = ({ batch, at, during }: Facts): string => `${batch}${at === '' ? '' : `, which was${at}`}${during}`;

/** What each code says; `docs/reasons.md` explains them. */
const SAYS: Readonly<Record<Because, (facts: Facts) => string>> = {
  'share-below-threshold': ({ subjects, shares }) => `too little of the ${subjects} is recycled${shares}`,
  'share-undecided': ({ subjects, shares }) => `whether enough of the ${subjects} is recycled is not known${shares}`,
  'declared-above-derived': ({ subjects, shares }) => `more ${subjects} is declared recycled than is${shares}`,
  'declared-undecided': ({ subjects, shares }) =>
    `whether the ${subjects} declared recycled is so is not known${shares}`,
  'country-share-below-threshold': ({ shares }) => `too little comes from the countries that count${shares}`,
  'country-undecided': ({ shares }) => `the country that some of it comes from is not known${shares}`,
  'label-not-accepted': ({ batch, at }) => `${batch} bore no label of an accepted standard${at}`,
  'label-not-intact': ({ batch, at }) => `no accepted label was found intact on ${batch}${at}`,
  'label-not-recorded': ({ batch, at }) => `no label of ${batch} is recorded${at}`,
  'attestation-gap': (facts) => `nobody attested ${facts.subjects} for ${there(facts)}`,
  'attestation-suspended': (facts) => `the attestation of ${facts.subjects} is suspended that covered ${there(facts)}`,
  'attestation-revoked': (facts) => `the attestation of ${facts.subjects} is revoked that covered ${there(facts)}`,
  'accreditation-withdrawn': (facts) =>
    `whoever attested ${facts.subjects} for ${there(facts)}, had no accreditation any more`,
  finding: (facts) => `a finding on ${facts.subjects} concerns ${there(facts)}`,
  'investigation-open': (facts) => `an open investigation of ${facts.subjects} concerns ${there(facts)}`,
  'origin-undocumented': ({ batch, at }) => `where ${batch} comes from is not documented${at}`,
  'in-transit': ({ batch, site }) => `${batch} has left ${site} and has not arrived`,
  held: ({ batch, at }) => `${batch} is held by authority${at}`,
  'used-before-arrival': ({ batch, at }) => `${batch} was used while it was not there${at}`,
  'mass-not-conserved': ({ batch, at }) => `more came out than went in, at ${batch}${at}`,
  overdrawn: ({ batch, at }) => `more was used of ${batch} than there was${at}`,
  'custody-model-mixed': ({ batch, at }) => `${batch} was mixed otherwise than its declared model allows${at}`,
  'custody-model-undecided': ({ batch, at }) => `whether ${batch} was kept to its declared model is not known${at}`,
  'content-unknown': ({ batch, at }) => `what ${batch} contains is not known${at}`,
  'export-duty': ({ batch, at }) => `an export duty lay on ${batch}${at}`,
  'quantitative-restriction': ({ batch, at }) => `a quantitative restriction lay on the export of ${batch}${at}`,
  'terms-not-recorded': ({ batch, at }) => `on which terms of trade ${batch} left is not recorded${at}`,
  'document-not-recorded': ({ batch, subjects }) => `no document of ${subjects} is recorded with ${batch}`,
  'terms-contradicted': ({ batch, at }) =>
    `the two sides of the shipment of ${batch} recorded different terms of trade${at}`,
  'entity-of-concern': ({ batch, site }) => `${site} is controlled by an entity of concern and had to do with ${batch}`,
  'not-vouched': ({ batch, site }) => `nobody independent vouches for what ${site} says of ${batch}`,
  'correction-unconfirmed': ({ batch, at }) => `a correction that counts for ${batch} awaits its confirmation${at}`,
  withheld: ({ batch, at }) => `what would decide it is withheld, of ${batch}${at}`,
};

/**
 * A reason as a sentence with its facts in it: what, where, from when until when, and the events that decide, with who, when
 * and their own words.
 * @param reason as its reader may see it
 * @param happenings the events it names that the reader may see, as far as that goes, in their order
 * @param claims of the same answer, for the shares
 */
export function sentenceOf(
  reason: MergedReason,
  happenings: readonly Happening[],
  claims: readonly ClaimLine[],
): string {
  const said = [...new Set(happenings.slice(0, MOST_TOLD).map(clauseOf))];
  const more = reason.eventIds.length - Math.min(happenings.length, MOST_TOLD);
  const others = happenings.length > 0 && more > 0 ? [`${more} more ${more === 1 ? 'event' : 'events'}`] : [];
  const what = capital(SAYS[reason.because](factsOf(reason, claims)));
  return [what, ...said.map(capital), ...others.map(capital)].map(ended).join(' ');
}

function ended(text: string): string {
  return /[.!?…]”?$/.test(text) ? text : `${text}.`;
}

function factsOf({ about, batchId, siteId, from, until }: MergedReason, claims: readonly ClaimLine[]): Facts {
  const place = siteId === undefined ? '' : nameOf(siteId);
  const site = siteId === undefined ? 'a site' : named('site', place);
  const to = until === undefined || !until.startsWith('2') ? '' : ` to ${whenOf(until)}`;
  return {
    batch: batchId === undefined ? 'the batch' : named('batch', nameOf(batchId)),
    site,
    at: siteId === undefined ? '' : ` at ${place}`,
    during: from === undefined ? '' : ` from ${whenOf(from)}${to}`,
    subjects: listed(
      [...new Set(about.map(({ right, mineral, document, claim }) => right ?? mineral ?? document ?? claim))].map(
        plainly,
      ),
    ),
    shares: sharesOf(about, claims),
  };
}

function sharesOf([line]: MergedReason['about'], claims: readonly ClaimLine[]): string {
  const measured = claims.find(({ claim, mineral, right, upper }) => {
    return upper !== undefined && claim === line?.claim && mineral === line.mineral && right === line.right;
  });
  if (measured?.lower === undefined || measured.upper === undefined) return '';
  const { lower, upper, threshold } = measured;
  const most = upper === lower ? '' : `, ${percentOf(upper)} at most`;
  const asked = measured.claim === 'recycled-declared' ? 'declared' : 'needed';
  return `: ${percentOf(lower)} proven${most}${threshold === undefined ? '' : `, ${percentOf(threshold)} ${asked}`}`;
}
