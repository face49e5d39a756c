import { type Mineral } from '#custody';
import { judgedComposition, parseKey, type BatchNode, type Pool, type ProvenanceGraph } from '../graph/index.js';
import { type Counts, type OriginRule } from '../programmes/index.js';
import { compareShare, formatMillionths, formatShare, MILLION, parseShare } from '../programmes/share.js';
import { type Chain } from './chain.js';
import { recycledShareOf, shareInGrams, type RecycledShare, type VouchedPart } from './counted-content.js';
import { lacking, wrong, type Part } from './part.js';
import { namedActs, placeOf, shareParts, upperOf, type Bounds } from './share-parts.js';
import { type ProcessedShare, type Processing } from './processing.js';
import { type Source } from './sources.js';
import { type Measures } from './verdict.types.js';
import { WHOLE, type VouchedShare, type Vouching } from './vouching.js';

/** The result of a claim about a share; without a share to judge it is out of scope. */
export type ShareJudgement =
  | {
      /** Worked out where they are shown. */
      readonly measures?: () => Measures;
      readonly parts: readonly Part[];
      /** All that would count if somebody vouched for it, even where the verdict does not depend on it. */
      readonly unvouched?: () => Part[];
    }
  | 'out-of-scope';

/**
 * `recycled-content` of one mineral: the recycled share of the batch against a threshold (decimal string). A batch that
 * contains none of the mineral is out of scope. A batch that is used up is judged as it was when the last of it was used.
 *
 * Shortest: below the threshold, the fewest registrations of mined content which, had they been recycled or undeclared,
 * would lift the upper bound to it; undecided, the fewest sources of undeclared content which, had they been recycled,
 * would lift the lower bound to it. Sources are weighed by the flows ({@link sourcesOf}), so that the count may be one off
 * when a share lies within the fold's rounding, a milligram a batch of the chain, of what is needed. Scrap that became
 * manufacturing waste on the way weighs as mined at its registration.
 */
export function recycledContent(
  chain: Chain,
  graph: ProvenanceGraph,
  mineral: Mineral,
  { threshold, counts }: { threshold: string; counts: Counts },
  vouching?: Vouching,
): ShareJudgement {
  const { asked } = chain;
  const asks = parseShare(threshold) ?? MILLION;
  if (!asked.contentKnown)
    return { measures: () => ({ threshold: formatMillionths(asks) }), parts: [contentUnknown(asked)] };
  const share = recycledShareOf(
    judgedComposition(asked)[mineral] ?? {},
    counts,
    graph,
    recoveredPart(chain, mineral, vouching),
  );
  if (share.totalMilligrams === 0) return 'out-of-scope';
  const bounds = boundsOf(share);
  const unvouched = (): Part[] => unvouchedRecovery(chain, mineral, vouching);
  const parts = shareParts(chain, graph, bounds, asks, {
    unvouched: () => namedActs(chain, unvouched()),
    minerals: [mineral],
    below: { because: 'share-below-threshold', canMend: ({ kind }) => kind === 'extracted' },
    between: { because: 'share-undecided', canMend: ({ kind }) => kind === 'undocumented' || kind === 'gain' },
  });
  const measures = (): Measures => ({ ...measured(bounds, asks), ...share, ...shareInGrams(share) });
  return { measures, parts, unvouched };
}

/**
 * `recycled-declared` of one mineral: the last declared share against the derived one.
 * Shortest: the declaration alone. None: evidence is missing.
 */
export function recycledDeclared(
  chain: Chain,
  graph: ProvenanceGraph,
  mineral: Mineral,
  counts: Counts,
  vouching?: Vouching,
): ShareJudgement {
  const { asked } = chain;
  const declaration = asked.declarations[mineral];
  const declared = declaration === undefined ? undefined : parseShare(declaration.share);
  if (!asked.contentKnown) return { parts: [contentUnknown(asked)] };
  const share = recycledShareOf(
    judgedComposition(asked)[mineral] ?? {},
    counts,
    graph,
    recoveredPart(chain, mineral, vouching),
  );
  if (share.totalMilligrams === 0) return 'out-of-scope';
  const bounds = boundsOf(share);
  const measures = (): Measures => ({ ...measured(bounds, declared), ...share, ...shareInGrams(share) });
  const place = placeOf(asked);
  const unvouched = (): Part[] => unvouchedRecovery(chain, mineral, vouching);
  if (declaration === undefined || declared === undefined)
    return {
      measures,
      parts: [lacking('declared-undecided', asked.bornBy === undefined ? [] : [asked.bornBy], place)],
      unvouched,
    };
  if (compareShare(bounds.proven, bounds.total, declared) >= 0) return { measures, parts: [], unvouched };
  if (compareShare(upperOf(bounds), bounds.total, declared) < 0)
    return { measures, parts: [wrong('broken', 'declared-above-derived', declaration, place)], unvouched };
  const isVouchingEnough = compareShare(bounds.proven + bounds.unvouched, bounds.total, declared) >= 0;
  const parts = isVouchingEnough
    ? namedActs(chain, unvouched())
    : [wrong('unproven', 'declared-undecided', declaration, place)];
  return { measures, parts, unvouched };
}

/**
 * `origin`: the share of the rule's minerals, counted together by mass, that was mined in the rule's countries or recycled
 * in those named for it; where the rule says so, also what was processed there.
 *
 * Shortest: as for `recycled-content`, over sources of other countries (below) or of unknown country (undecided).
 */
export function originShare(
  chain: Chain,
  graph: ProvenanceGraph,
  rule: OriginRule,
  vouching?: Vouching,
  processing?: Processing,
): ShareJudgement {
  const { asked } = chain;
  const asks = parseShare(rule.threshold) ?? MILLION;
  if (!asked.contentKnown)
    return { measures: () => ({ threshold: formatMillionths(asks) }), parts: [contentUnknown(asked)] };
  const { countries, recycledCountries = countries } = rule;
  let [proven, undecided, lacksVouching, total] = [0n, 0n, 0n, 0n];
  for (const mineral of rule.minerals) {
    const pool: Pool = judgedComposition(asked)[mineral] ?? {};
    for (const key in pool) {
      const milligrams = BigInt(pool[key] ?? 0);
      const { country, recycler } = parseKey(key);
      const recycledIn = recycler === undefined ? undefined : graph.sites.get(recycler)?.country;
      total += milligrams;
      const isMinedThere = countries.includes(country);
      const isRecycledThere = recycledIn !== undefined && recycledCountries.includes(recycledIn);
      const there = partsThere(milligrams, {
        isMined: isMinedThere,
        isMaybeMined: country === 'ZZ',
        isRecycled: isRecycledThere,
        processed: processing?.shareOf(chain, mineral, key),
      });
      undecided += there.undecided;
      if (there.counted === 0n) continue;
      const share = vouching?.shareOf(chain, mineral, key);
      const vouched =
        share === undefined ? there.counted : vouchedBy(there.counted, share, isMinedThere, isRecycledThere);
      proven += vouched;
      lacksVouching += there.counted - vouched;
    }
  }
  if (total === 0n) return 'out-of-scope';
  const bounds = { proven, undecided, unvouched: lacksVouching, total };
  const isForeign = ({ country }: Source): boolean => country !== undefined && !countries.includes(country);
  const unvouched = (): Part[] =>
    unvouchedActs(chain, vouching, ({ role, siteId, minerals }) => {
      const site = graph.sites.get(siteId)?.country;
      if (site === undefined || !minerals.some((mineral) => rule.minerals.includes(mineral))) return false;
      return role === 'root' ? countries.includes(site) : role === 'recycler' && recycledCountries.includes(site);
    });
  const parts = shareParts(chain, graph, bounds, asks, {
    minerals: rule.minerals,
    unvouched: () => namedActs(chain, unvouched()),
    below: { because: 'country-share-below-threshold', canMend: isForeign },
    between: {
      because: 'country-undecided',
      canMend: ({ country }) => country === undefined || rule.processed === true,
    },
  });
  return {
    measures: () => ({
      ...measured(bounds, asks),
      undeclaredMilligrams: Number(undecided),
      ...(vouching === undefined ? {} : { unvouchedMilligrams: Number(lacksVouching) }),
      totalMilligrams: Number(total),
      ...originInGrams(bounds, vouching !== undefined),
    }),
    parts,
    unvouched,
  };
}

/** What of a key's content is of the rule's countries, and what may be. @param is.processed none: processing counts for nothing */
function partsThere(
  milligrams: bigint,
  is: { isMined: boolean; isMaybeMined: boolean; isRecycled: boolean; processed: ProcessedShare | undefined },
): { counted: bigint; undecided: bigint } {
  const { isMined, isMaybeMined, isRecycled, processed } = is;
  if (isRecycled || (isMined && processed === undefined)) return { counted: milligrams, undecided: 0n };
  const counted = isMined && processed !== undefined ? (milligrams * processed.nowhereElse) / WHOLE : 0n;
  const possible = isMined || isMaybeMined ? milligrams : (milligrams * (processed?.somewhere ?? 0n)) / WHOLE;
  return { counted, undecided: possible - counted };
}

export function recoveredPart(chain: Chain, mineral: Mineral, vouching: Vouching | undefined): VouchedPart | undefined {
  return vouching && ((key) => vouching.shareOf(chain, mineral, key).recovered);
}

/** None where nothing needs to be vouched for. */
function unvouchedActs(
  chain: Chain,
  vouching: Vouching | undefined,
  concerns: Parameters<Vouching['parts']>[1],
): Part[] {
  return vouching?.parts(chain, concerns) ?? [];
}

function unvouchedRecovery(chain: Chain, mineral: Mineral, vouching: Vouching | undefined): Part[] {
  return unvouchedActs(chain, vouching, ({ role, minerals }) => role !== 'root' && minerals.includes(mineral));
}

function vouchedBy(
  milligrams: bigint,
  { root, recycler }: VouchedShare,
  isMined: boolean,
  isRecycled: boolean,
): bigint {
  const part = isMined && (!isRecycled || root > recycler) ? root : recycler;
  return (milligrams * part) / WHOLE;
}

export function boundsOf({
  recycledMilligrams,
  undeclaredMilligrams,
  unvouchedMilligrams = 0,
  totalMilligrams,
}: RecycledShare): Bounds {
  return {
    proven: BigInt(recycledMilligrams),
    undecided: BigInt(undeclaredMilligrams),
    unvouched: BigInt(unvouchedMilligrams),
    total: BigInt(totalMilligrams),
  };
}

function originInGrams(
  { proven, undecided, unvouched, total }: Bounds,
  isVouchingAsked: boolean,
): Pick<Measures, 'undeclaredGrams' | 'unvouchedGrams' | 'totalGrams'> {
  const { undeclaredGrams, unvouchedGrams, totalGrams } = shareInGrams({
    recycledMilligrams: Number(proven),
    undeclaredMilligrams: Number(undecided),
    ...(isVouchingAsked ? { unvouchedMilligrams: Number(unvouched) } : {}),
    totalMilligrams: Number(total),
  });
  return { undeclaredGrams, ...(unvouchedGrams === undefined ? {} : { unvouchedGrams }), totalGrams };
}

function measured(bounds: Bounds, asks: bigint | undefined): Measures {
  return {
    lower: formatShare(bounds.proven, bounds.total),
    upper: formatShare(upperOf(bounds), bounds.total),
    ...(asks === undefined ? {} : { threshold: formatMillionths(asks) }),
  };
}

function contentUnknown(asked: BatchNode): Part {
  return asked.bornBy === undefined
    ? lacking('content-unknown', [], placeOf(asked))
    : wrong('unproven', 'content-unknown', asked.bornBy, placeOf(asked));
}

/** Whether the batch contains any of the minerals, or did when the last of it was used; one of unknown content may. */
export function mayContain(node: BatchNode, minerals: readonly Mineral[]): boolean {
  if (!node.contentKnown) return true;
  const composition = judgedComposition(node);
  return minerals.some((mineral) => composition[mineral] !== undefined);
}
