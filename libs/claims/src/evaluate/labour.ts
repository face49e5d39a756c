import { type AttestedRight } from '#attestation';
import { type LostCover, type Period, type RightStanding, type SiteRights } from '../standing/index.js';
import { type ProvenanceGraph } from '../graph/index.js';
import { type Areas } from '../programmes/index.js';
import { custodyOf, type Chain, type CustodyInterval, type Link } from './chain.js';
import { lacking, wrong, type Part } from './part.js';

/** The custody of a chain at one site: every interval, and the time they cover together. */
export class SiteCustody {
  /** By the cover of a right: the parts without cover, which are the same for rights attested together. */
  readonly uncovered = new Map<readonly Period[], readonly Part[]>();
  #known: readonly CustodyInterval[] | undefined;

  readonly #find: () => readonly CustodyInterval[];

  /**
   * @param periods ascending, disjoint
   * @param find the intervals, ascending by `from`: called only when a part names a batch
   */
  constructor(
    readonly siteId: string,
    readonly rights: SiteRights,
    readonly periods: readonly Period[],
    find: () => readonly CustodyInterval[],
  ) {
    this.#find = find;
  }

  get intervals(): readonly CustodyInterval[] {
    return (this.#known ??= this.#find());
  }

  /** Both together; of intervals that begin at the same time, those of `this` come first. */
  with(other: SiteCustody): SiteCustody {
    const periods = union(ascending([...this.periods, ...other.periods]));
    return new SiteCustody(this.siteId, this.rights, periods, () => ascending([...this.intervals, ...other.intervals]));
  }
}

/** The custody of a chain, site by site, in the order in which the links reach them. */
export function custodyBySite(
  chain: Chain,
  validAt: string,
  rightsAt: (siteId: string) => SiteRights,
): readonly SiteCustody[] {
  const bySite = (links: readonly Link[]): ReadonlyMap<string, SiteCustody> => custodyOfLinks(links, validAt, rightsAt);
  const own = bySite([chain.own]);
  const rest = chain.rest.once(`custody up to ${validAt}`, bySite);
  const custody: SiteCustody[] = [];
  for (const [siteId, site] of own) {
    const other = rest.get(siteId);
    custody.push(other === undefined ? site : site.with(other));
  }
  for (const [siteId, site] of rest) if (!own.has(siteId)) custody.push(site);
  return custody;
}

/** The custody of some links of a chain, by site. */
export function custodyOfLinks(
  links: readonly Link[],
  validAt: string,
  rightsAt: (siteId: string) => SiteRights,
): ReadonlyMap<string, SiteCustody> {
  return groupBySite(custodyOf(links, validAt), rightsAt);
}

function groupBySite(
  intervals: readonly CustodyInterval[],
  rightsAt: (siteId: string) => SiteRights,
): Map<string, SiteCustody> {
  const bySite = new Map<string, CustodyInterval[]>();
  for (const interval of intervals) {
    const list = bySite.get(interval.siteId);
    if (list === undefined) bySite.set(interval.siteId, [interval]);
    else list.push(interval);
  }
  const custody = new Map<string, SiteCustody>();
  for (const [siteId, list] of bySite) {
    const sorted = list.length === 1 ? list : ascending(list);
    custody.set(siteId, new SiteCustody(siteId, rightsAt(siteId), union(sorted), () => sorted));
  }
  return custody;
}

/** Custody at sites in the areas; default: at every site. A site of unknown country may be in them. */
export function custodyIn(
  areas: Areas | undefined,
  custody: readonly SiteCustody[],
  { sites }: ProvenanceGraph,
): readonly SiteCustody[] {
  if (areas === undefined) return custody;
  return custody.filter(({ siteId }) => {
    const country = sites.get(siteId)?.country;
    return country === undefined || areas.countries.includes(country);
  });
}

const NOWHERE: readonly Part[] = [];

/** {@link labourParts}, worked out once for rights that have the same standing at every site. */
export class LabourJudge {
  readonly #judged: { evidence: LabourEvidence; standings: readonly RightStanding[]; parts: Part[] }[] = [];

  readonly #custody: readonly SiteCustody[];

  constructor(custody: readonly SiteCustody[]) {
    this.#custody = custody;
  }

  parts(right: AttestedRight, evidence: LabourEvidence): readonly Part[] {
    if (this.#custody.length === 0) return NOWHERE;
    const standings = this.#custody.map(({ rights }) => rights.of(right));
    for (const known of this.#judged) {
      if (known.evidence === evidence && standings.every((each, index) => each === known.standings[index]))
        return known.parts;
    }
    const parts = labourParts(this.#custody, standings, evidence);
    this.#judged.push({ evidence, standings, parts });
    return parts;
  }
}

export type LabourEvidence = 'attestations' | 'findings';

/**
 * `labour`, `environment`: the parts of the chain's custody at which a right is not proven.
 *
 * Shortest: per site, custody that has lost the cover of an attestation is mended by undoing the suspensions and revocations
 * that removed it; the fewest events that bring all such custody back under cover are named. Every overlapping
 * substantiated finding or open investigation is a part of its own, mended by that event alone. For custody that was never
 * covered, the first stretch per site is named, with the arrival that shows it.
 * @param standings of one right at each site
 * @param evidence `findings`: attestations are not required
 */
function labourParts(
  custody: readonly SiteCustody[],
  standings: readonly RightStanding[],
  evidence: LabourEvidence,
): Part[] {
  const parts: Part[] = [];
  for (const [index, site] of custody.entries()) {
    const { covered, lost, concerns } = standings[index]!;
    if (evidence === 'attestations') {
      const uncovered = site.uncovered.get(covered) ?? uncoveredParts(site, covered, lost);
      site.uncovered.set(covered, uncovered);
      parts.push(...uncovered);
    }
    for (const concern of concerns) {
      const [first] = overlaps(site.periods, [concern]);
      if (first === undefined) continue;
      const verdict = concern.because === 'finding' ? 'broken' : 'unproven';
      const part = wrong(verdict, concern.because, concern.event, { siteId: site.siteId, ...batchAt(site, first) });
      parts.push({ ...part, ...first });
    }
  }
  return parts;
}

function uncoveredParts(site: SiteCustody, covered: readonly Period[], lost: readonly LostCover[]): Part[] {
  const parts: Part[] = [];
  let gap: Period | undefined;
  for (const bare of without(site.periods, union(ascending(covered)))) {
    for (const piece of cut(bare, lost)) {
      const fixes = lost
        .filter(({ from, until }) => from <= piece.from && piece.until <= until)
        .map(({ because, changes }) => ({ because, events: changes }));
      if (fixes.length === 0) gap ??= piece;
      else parts.push({ verdict: 'broken', siteId: site.siteId, ...batchAt(site, piece), ...piece, fixes });
    }
  }
  if (gap !== undefined) {
    const there = site.intervals.find(({ from, until }) => from <= gap.from && gap.from < until);
    const shownBy = there === undefined ? [] : [there.arrived];
    parts.push(lacking('attestation-gap', shownBy, { siteId: site.siteId, ...batchAt(site, gap), ...gap }));
  }
  return parts;
}

/** A batch that was there when the period began; of several, the one that came first. */
function batchAt({ intervals }: SiteCustody, { from: at }: Period): { batchId?: string } {
  const there = intervals.find(({ from, until }) => from <= at && at < until);
  return there === undefined ? {} : { batchId: there.batchId };
}

function ascending<P extends Period>(periods: readonly P[]): P[] {
  return [...periods].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
}

/** The time that ascending periods cover together: ascending, disjoint, not touching. */
function union(periods: readonly Period[]): Period[] {
  const merged: { from: string; until: string }[] = [];
  for (const { from, until } of periods) {
    const last = merged.at(-1);
    if (last === undefined || from > last.until) merged.push({ from, until });
    else if (until > last.until) last.until = until;
  }
  return merged;
}

/** Disjoint ascending periods minus others of the same kind; both are walked through once. */
function without(periods: readonly Period[], others: readonly Period[]): Period[] {
  const rest: Period[] = [];
  let index = 0;
  for (const { from, until } of periods) {
    let start = from;
    // The last cover may reach into the next period: it is passed only once it ends before that, so there is no stepping back.
    for (let other = others[index]; other !== undefined && other.from < until; other = others[index]) {
      if (other.from > start) rest.push({ from: start, until: other.from });
      if (other.until > start) start = other.until;
      if (other.until >= until) break;
      index++;
    }
    if (start < until) rest.push({ from: start, until });
  }
  return rest;
}

/** A period cut at every boundary of others that lies within it. */
function cut({ from, until }: Period, others: readonly Period[]): Period[] {
  const inside = others.flatMap((other) => [other.from, other.until]).filter((at) => from < at && at < until);
  const bounds = [from, ...[...new Set(inside)].sort(), until];
  return bounds.slice(1).map((bound, index) => ({ from: bounds[index] ?? from, until: bound }));
}

/** The common time of periods and others, in the order of the periods. */
function overlaps(periods: readonly Period[], others: readonly Period[]): Period[] {
  return periods.flatMap(({ from, until }) =>
    others
      .map((other) => ({
        from: from > other.from ? from : other.from,
        until: until < other.until ? until : other.until,
      }))
      .filter((common) => common.from < common.until),
  );
}
