import type { AttestedRight } from '#attestation';
import type { Programme } from '../programmes/index.js';
import { SiteRights, type SiteStanding, type Standing } from '../standing/index.js';
import type { Chain } from './chain.js';
import type { SiteCustody } from './labour.js';

/**
 * The first moment after `validAt` at which a verdict could become another although nothing is recorded: a rule comes into
 * force or lapses; a fact dated ahead begins to count; custody that goes on runs out of cover, or into a finding. Custody
 * is judged up to validAt, exclusive: a bound of it shows one millisecond later.
 */
export function standsUntil(
  { asked }: Chain,
  custody: readonly SiteCustody[],
  standing: Standing,
  programme: Programme,
  validAt: string,
): string | undefined {
  const moments = programme.rules.flatMap(({ from, until }) => (until === undefined ? [from] : [from, until]));
  for (const { siteId } of custody) moments.push(...factsOf(standing.sites.get(siteId)));
  const stay = asked.stays.at(-1);
  if (stay !== undefined && stay.departed === undefined) {
    const site = standing.sites.get(stay.siteId);
    moments.push(...factsOf(site));
    const rights = new SiteRights(site, validAt);
    const bounds = [stay.arrived.occurredAt, ...[...rightsOf(programme)].flatMap((right) => boundsOf(rights, right))];
    for (const bound of bounds) if (bound >= validAt) moments.push(millisecondAfter(bound) ?? bound);
  }
  return moments.filter((moment) => moment > validAt).reduce(earlier, undefined);
}

function earlier(first: string | undefined, next: string): string {
  return first === undefined || next < first ? next : first;
}

function rightsOf({ rules }: Programme): Set<AttestedRight> {
  return new Set(
    rules.flatMap((rule): AttestedRight[] =>
      rule.claim === 'labour' ? rule.rights : rule.claim === 'environment' ? rule.criteria : [],
    ),
  );
}

/** Where cover ends, where what was lost of it begins, where a finding or an investigation begins. */
function boundsOf(rights: SiteRights, right: AttestedRight): string[] {
  const { covered, lost, concerns } = rights.of(right);
  return [...covered.map(({ until }) => until), ...[...lost, ...concerns].map(({ from }) => from)];
}

function factsOf(site: SiteStanding | undefined): string[] {
  const moments: string[] = [];
  for (const { issued, changes } of site?.attestations.values() ?? [])
    moments.push(issued.occurredAt, ...changes.map(({ occurredAt }) => occurredAt));
  for (const { investigations, findings, remediations } of site?.concerns.values() ?? [])
    moments.push(
      ...investigations.map(({ opened }) => opened.occurredAt),
      ...[...findings, ...remediations].map(({ occurredAt }) => occurredAt),
    );
  return moments;
}

/** Undefined when the text is no moment, or the last one that can be written. */
function millisecondAfter(moment: string): string | undefined {
  const time = Date.parse(moment) + 1;
  if (Number.isNaN(time)) return undefined;
  const text = new Date(time).toISOString();
  return text.length === moment.length ? text : undefined;
}
