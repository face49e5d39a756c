import { type Mineral } from '#custody';
import { judgedComposition, parseKey, type BatchNode, type Pool, type ProvenanceGraph } from '../graph/index.js';
import type { Counts, OriginRule } from '../programmes/index.js';
import { compareShare, formatMillionths, formatShare, MILLION, parseShare } from '../programmes/share.js';
import type { Chain } from './chain.js';
import { recycledShareOf, shareInGrams, type RecycledShare } from './counted-content.js';
import { lacking, wrong, type Part } from './part.js';
import { assaysOf, fewestBringing, sourcesOf, type Source } from './sources.js';
import type { Because, Measures } from './verdict.types.js';

/** How a claim about a share came out; without a share to judge it is out of scope. */
export type ShareJudgement = { readonly measures?: Measures; readonly parts: Part[] } | 'out-of-scope';

/** proven ≤ what the share really is ≤ proven + undecided; all in milligrams of one batch. */
interface Bounds {
  readonly proven: bigint;
  readonly undecided: bigint;
  readonly total: bigint;
}

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
): ShareJudgement {
  const { asked } = chain;
  const asks = parseShare(threshold) ?? MILLION;
  if (!asked.contentKnown) return { measures: { threshold: formatMillionths(asks) }, parts: [contentUnknown(asked)] };
  const share = recycledShareOf(judgedComposition(asked)[mineral] ?? {}, counts, graph);
  if (share.totalMilligrams === 0) return 'out-of-scope';
  const bounds = boundsOf(share);
  const parts = shareParts(chain, graph, bounds, asks, {
    minerals: [mineral],
    below: { because: 'share-below-threshold', canMend: ({ kind }) => kind === 'extracted' },
    between: { because: 'share-undecided', canMend: ({ kind }) => kind === 'undocumented' || kind === 'gain' },
  });
  return { measures: { ...measured(bounds, asks), ...share, ...shareInGrams(share) }, parts };
}

/**
 * `recycled-declared` of one mineral: the last declared share against the derived one.
 * Shortest: the declaration alone. None: evidence is missing.
 */
export function recycledDeclared(
  { asked }: Chain,
  graph: ProvenanceGraph,
  mineral: Mineral,
  counts: Counts,
): ShareJudgement {
  const declaration = asked.declarations[mineral];
  const declared = declaration === undefined ? undefined : parseShare(declaration.share);
  if (!asked.contentKnown) return { parts: [contentUnknown(asked)] };
  const share = recycledShareOf(judgedComposition(asked)[mineral] ?? {}, counts, graph);
  if (share.totalMilligrams === 0) return 'out-of-scope';
  const bounds = boundsOf(share);
  const measures = { ...measured(bounds, declared), ...share, ...shareInGrams(share) };
  const place = placeOf(asked);
  if (declaration === undefined || declared === undefined)
    return {
      measures,
      parts: [lacking('declared-undecided', asked.bornBy === undefined ? [] : [asked.bornBy], place)],
    };
  if (compareShare(bounds.proven, bounds.total, declared) >= 0) return { measures, parts: [] };
  const parts =
    compareShare(bounds.proven + bounds.undecided, bounds.total, declared) < 0
      ? [wrong('broken', 'declared-above-derived', declaration, place)]
      : [wrong('unproven', 'declared-undecided', declaration, place)];
  return { measures, parts };
}

/**
 * `origin`: the share of the rule's minerals, counted together by mass, that was mined in the rule's countries or recycled
 * in those named for it.
 *
 * Shortest: as for `recycled-content`, over sources of other countries (below) or of unknown country (undecided).
 */
export function originShare(chain: Chain, graph: ProvenanceGraph, rule: OriginRule): ShareJudgement {
  const { asked } = chain;
  const asks = parseShare(rule.threshold) ?? MILLION;
  if (!asked.contentKnown) return { measures: { threshold: formatMillionths(asks) }, parts: [contentUnknown(asked)] };
  const { countries, recycledCountries = countries } = rule;
  let [proven, undecided, total] = [0n, 0n, 0n];
  for (const mineral of rule.minerals) {
    const pool: Pool = judgedComposition(asked)[mineral] ?? {};
    for (const key in pool) {
      const milligrams = BigInt(pool[key] ?? 0);
      const { country, recycler } = parseKey(key);
      const recycledIn = recycler === undefined ? undefined : graph.sites.get(recycler)?.country;
      total += milligrams;
      const isProven =
        countries.includes(country) || (recycledIn !== undefined && recycledCountries.includes(recycledIn));
      if (isProven) proven += milligrams;
      else if (country === 'ZZ') undecided += milligrams;
    }
  }
  if (total === 0n) return 'out-of-scope';
  const bounds = { proven, undecided, total };
  const isForeign = ({ country }: Source): boolean => country !== undefined && !countries.includes(country);
  const parts = shareParts(chain, graph, bounds, asks, {
    minerals: rule.minerals,
    below: { because: 'country-share-below-threshold', canMend: isForeign },
    between: { because: 'country-undecided', canMend: ({ country }) => country === undefined },
  });
  return {
    measures: {
      ...measured(bounds, asks),
      undeclaredMilligrams: Number(undecided),
      totalMilligrams: Number(total),
      ...originInGrams(bounds),
    },
    parts,
  };
}

interface Explanation {
  readonly because: Because;
  readonly canMend: (source: Source) => boolean;
}

function shareParts(
  chain: Chain,
  graph: ProvenanceGraph,
  { proven, undecided, total }: Bounds,
  asks: bigint,
  { minerals, below, between }: { minerals: readonly Mineral[]; below: Explanation; between: Explanation },
): Part[] {
  if (compareShare(proven, total, asks) >= 0) return [];
  const isBelow = compareShare(proven + undecided, total, asks) < 0;
  const { because, canMend } = isBelow ? below : between;
  // Nanograms between the bound and the threshold.
  const needed = asks * total - MILLION * (isBelow ? proven + undecided : proven);
  const known = sourcesOf(chain, graph, minerals).filter(canMend);
  const explained = known.reduce((sum, { nanogramShare }) => sum + nanogramShare, 0n);
  const others = !isBelow && explained < needed ? assaysOf(chain).slice(0, 1) : [];
  const sources = fewestBringing([...known, ...others], needed);
  const place = placeOf(chain.asked);
  const verdict = isBelow ? 'broken' : 'unproven';
  if (sources.length === 0)
    return [{ ...lacking(because, chain.asked.bornBy === undefined ? [] : [chain.asked.bornBy], place), verdict }];
  const isWithheld = sources.some(({ countryWithheld }) => countryWithheld);
  const fix = { because: isWithheld ? ('withheld' as const) : because, events: sources.map(({ event }) => event) };
  return [{ verdict, ...place, fixes: [fix] }];
}

function boundsOf({ recycledMilligrams, undeclaredMilligrams, totalMilligrams }: RecycledShare): Bounds {
  return {
    proven: BigInt(recycledMilligrams),
    undecided: BigInt(undeclaredMilligrams),
    total: BigInt(totalMilligrams),
  };
}

function originInGrams({ proven, undecided, total }: Bounds): { undeclaredGrams: number; totalGrams: number } {
  const { undeclaredGrams, totalGrams } = shareInGrams({
    recycledMilligrams: Number(proven),
    undeclaredMilligrams: Number(undecided),
    totalMilligrams: Number(total),
  });
  return { undeclaredGrams, totalGrams };
}

function measured({ proven, undecided, total }: Bounds, asks: bigint | undefined): Measures {
  return {
    lower: formatShare(proven, total),
    upper: formatShare(proven + undecided, total),
    ...(asks === undefined ? {} : { threshold: formatMillionths(asks) }),
  };
}

function contentUnknown(asked: BatchNode): Part {
  return asked.bornBy === undefined
    ? lacking('content-unknown', [], placeOf(asked))
    : wrong('unproven', 'content-unknown', asked.bornBy, placeOf(asked));
}

function placeOf({ batchId, siteId }: BatchNode): { batchId: string; siteId?: string } {
  return siteId === undefined ? { batchId } : { batchId, siteId };
}

/** Whether the batch contains any of the minerals, or did when the last of it was used; one of unknown content may. */
export function mayContain(node: BatchNode, minerals: readonly Mineral[]): boolean {
  if (!node.contentKnown) return true;
  const composition = judgedComposition(node);
  return minerals.some((mineral) => composition[mineral] !== undefined);
}
