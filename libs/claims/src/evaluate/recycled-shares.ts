/** The recycled content of one batch, mineral by mineral and class by class, whatever share a law asks for. */
import { MINERALS, type Mineral } from '#custody';
import { list, oneOf, pattern, term, wholeNumber, type ReadonlyOf } from '#vocabulary';
import { CONTENT_CLASSES, judgedComposition, parseKey, type Pool } from '../graph/index.js';
import { type Programme, type RecycledContentRule } from '../programmes/index.js';
import { formatShare } from '../programmes/share.js';
import { recycledShareOf } from './counted-content.js';
import { type JudgedChain } from './chains.js';
import { boundsOf, recoveredPart } from './shares.js';
import { upperOf } from './share-parts.js';

const share = (description: string) => pattern(/^\d\.\d{6}$/, 'must have 6 decimal places', { description });
/** Shares are of all of the mineral that there is, rounded half even. */
const BETWEEN = {
  lower: share('Of all of the mineral: what is proven to count as recycled by the rule'),
  upper: share('If all counted that nobody vouches for, or says what it is'),
  milligrams: wholeNumber({ description: 'Exact' }),
};
type SharesBetween = ReadonlyOf<typeof BETWEEN>;

/** The recycled content of one mineral. */
export const RECYCLED_SHARES = {
  mineral: oneOf(MINERALS),
  citation: term({ description: 'Of the rule that says what counts' }),
  ...BETWEEN,
  classes: list('ClassShare', { class: oneOf(CONTENT_CLASSES), ...BETWEEN }),
};
export type RecycledShares = ReadonlyOf<typeof RECYCLED_SHARES>;

/** Nothing for minerals that the programme has no rule on, and for unknown content. */
export function recycledSharesOf(judged: JudgedChain, { rules }: Programme): RecycledShares[] {
  const composition = judgedComposition(judged.chain.asked);
  return MINERALS.flatMap((mineral) => {
    const pool = composition[mineral];
    const rule = rules.find(
      (each): each is RecycledContentRule => each.claim === 'recycled-content' && speaksOf(each, mineral),
    );
    return pool === undefined || rule === undefined ? [] : [sharesOf(judged, mineral, pool, rule)];
  });
}

function speaksOf({ thresholds, noThreshold = [] }: RecycledContentRule, mineral: Mineral): boolean {
  return thresholds[mineral] !== undefined || noThreshold.includes(mineral);
}

function sharesOf(judged: JudgedChain, mineral: Mineral, pool: Pool, rule: RecycledContentRule): RecycledShares {
  const { chain, graph } = judged;
  const vouched = recoveredPart(chain, mineral, judged.vouching(rule));
  const of = (part: Pool) => recycledShareOf(part, rule.counts, graph, vouched);
  const whole = of(pool);
  const between = (part: ReturnType<typeof of>): SharesBetween => {
    const bounds = boundsOf(part);
    const total = BigInt(whole.totalMilligrams);
    return {
      lower: formatShare(bounds.proven, total),
      upper: formatShare(upperOf(bounds), total),
      milligrams: part.totalMilligrams,
    };
  };
  const classes = CONTENT_CLASSES.flatMap((each) => {
    const part = Object.fromEntries(Object.entries(pool).filter(([key]) => parseKey(key).class === each));
    return Object.keys(part).length === 0 ? [] : [{ class: each, ...between(of(part)) }];
  });
  return { mineral, citation: rule.citation, ...between(whole), classes };
}
