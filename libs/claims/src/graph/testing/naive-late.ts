/** Of the naive ledger: what is said of a batch that has gone on since. */
import { type Fact } from './naive-products.js';

export function come(fact: Fact, site: string, time: string): void {
  leave(fact, time);
  fact.visits.push({ site, from: time });
  fact.place = { kind: 'site', at: site };
}

export function leave({ visits }: Fact, time: string): void {
  const last = visits.at(-1);
  if (last !== undefined) last.until ??= time;
}

/** Sent off by a site, which had it if it was there. */
export function send(fact: Fact, site: string, time: string): void {
  const last = fact.visits.at(-1);
  if (last?.until === undefined && last?.site === site) last.sent = true;
  leave(fact, time);
}

export function endedVisits({ visits }: Fact): number {
  return visits.filter(({ until }) => until !== undefined).length;
}

/** The visit that something said at a site is about, if the batch has left since: its place in the list. */
export function visitThen({ visits, place }: Fact, site: string, time: string): number | undefined {
  const isThere = (place.kind === 'site' || place.kind === 'gone') && place.at === site;
  if (isThere && visits.at(-1)!.from <= time) return undefined;
  for (let index = visits.length - 1; index >= 0; index--) {
    const visit = visits[index]!;
    if (visit.site === site && visit.sent && visit.until !== undefined && visit.from <= time && time <= visit.until)
      return index;
  }
  return undefined;
}

/** Nothing is left, or something was used after that moment, or after that visit. */
export function isUsedSince({ gross, uses }: Fact, time: string, visit: number | undefined): boolean {
  if (gross === 0n) return true;
  return uses.some((use) => use.time > time || (visit !== undefined && use.ended > visit));
}

/** What is left of grams that were found in it before it went on from a visit. */
export function arrivedSince({ losses }: Fact, grams: bigint, visit: number | undefined): bigint {
  if (visit === undefined) return grams;
  return losses.filter(({ ended }) => ended > visit).reduce((left, { of, arrived }) => (left * arrived) / of, grams);
}

/**
 * The labels that each dispatch shows: those it lists, and those that are told later for a visit before it, unless somebody
 * received the batch after that visit and before the dispatch. Ascending.
 */
export function labelsShown({ told }: Fact): string[][] {
  return told.flatMap((sent, place) => {
    if (sent.kind !== 'sent') return [];
    const later = told.slice(place).filter((each) => each.kind === 'late');
    const shown = later.filter(({ visit }) => {
      const isReceived = told.slice(0, place).some((each) => each.kind === 'received' && each.visits > visit);
      return visit <= sent.visit && !isReceived;
    });
    return [[...new Set([...sent.labelIds, ...shown.map(({ labelId }) => labelId)])].sort()];
  });
}
