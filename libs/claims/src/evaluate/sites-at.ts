import { type EventMark } from '../graph/index.js';
import { SiteRights, type SiteStanding, type Standing } from '../standing/index.js';

/** Sites remembered at once: a replay goes through every site of a ledger, in bounded memory. */
export const MOST_SITES = 10_000;

interface SiteAt {
  readonly rights: SiteRights;
  readonly nextFact: string | undefined;
}

/** What the chains of a ledger have in common: the standing of their sites as of one moment, worked out once. */
export class SitesAt {
  readonly #sites = new Map<string, SiteAt>();

  readonly #validAt: string;

  constructor(
    readonly standing: Standing,
    validAt: string,
  ) {
    this.#validAt = validAt;
  }

  rightsAt(siteId: string): SiteRights {
    return this.#at(siteId).rights;
  }

  /** When, after the moment, a fact about the site begins to count. */
  nextFact(siteId: string): string | undefined {
    return this.#at(siteId).nextFact;
  }

  /** The event by which an authority holds the site at the moment. */
  heldAt(siteId: string): EventMark | undefined {
    const validAt = this.#validAt;
    const hold = this.standing.sites
      .get(siteId)
      ?.holds.find(
        ({ held, released }) => held.occurredAt <= validAt && (released === undefined || validAt < released.occurredAt),
      );
    return hold?.held;
  }

  #at(siteId: string): SiteAt {
    let known = this.#sites.get(siteId);
    if (known === undefined) {
      const site = this.standing.sites.get(siteId);
      known = {
        rights: new SiteRights(site, this.#validAt, this.standing.organisations),
        nextFact: firstAfter(this.#validAt, factsOf(site)),
      };
      if (this.#sites.size >= MOST_SITES) this.#sites.clear();
      this.#sites.set(siteId, known);
    }
    return known;
  }
}

/** The first of the moments that lies after one; undefined when none does. */
export function firstAfter(validAt: string, moments: readonly string[]): string | undefined {
  let first: string | undefined;
  for (const moment of moments) if (moment > validAt && (first === undefined || moment < first)) first = moment;
  return first;
}

/** When facts of a site that count from when they occurred begin to count. */
function factsOf(site: SiteStanding | undefined): string[] {
  const moments: string[] = [];
  for (const { held, released } of site?.holds ?? [])
    moments.push(held.occurredAt, ...(released ? [released.occurredAt] : []));
  for (const { issued } of site?.attestations.values() ?? []) moments.push(issued.occurredAt);
  for (const { investigations, remediations } of site?.concerns.values() ?? []) {
    for (const { opened, ended } of investigations)
      moments.push(opened.occurredAt, ...(ended ? [ended.occurredAt] : []));
    moments.push(...remediations.map(({ occurredAt }) => occurredAt));
  }
  return moments;
}
