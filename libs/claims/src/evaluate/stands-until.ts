import { type AttestedRight } from '#attestation';
import { type Programme } from '../programmes/index.js';
import { type SiteRights } from '../standing/index.js';
import { type Chain, type Link } from './chain.js';
import { type SiteCustody } from './labour.js';
import { firstAfter, MOST_SITES, type SitesAt } from './sites-at.js';

/** When the facts about the sites of a chain could change something: those of custody, and those where it was made. */
export interface RestUntil {
  readonly custody?: string | undefined;
  readonly birthplaces?: string | undefined;
}

/**
 * The first moment after `validAt` at which verdicts by a programme could change although nothing is recorded: a
 * rule comes into force or lapses; a fact dated in the future begins to count; custody that goes on runs out of cover, or into a
 * finding. Custody is judged up to validAt, exclusive: a bound of it shows one millisecond later.
 */
export class Expiry {
  readonly #validAt: string;
  readonly #ofRules: string | undefined;
  readonly #rights: readonly AttestedRight[];
  readonly #isVouchingAsked: boolean;
  /** When the first bound takes effect that ongoing custody at a site can reach. */
  readonly #firstBounds = new Map<string, string | undefined>();

  readonly #sites: SitesAt;

  /** @param moment `rulesAt`: the law of this moment was asked for, and does not change as time passes */
  constructor(
    programme: Programme,
    sites: SitesAt,
    { validAt, rulesAt }: { validAt: string; rulesAt: string | undefined },
  ) {
    this.#sites = sites;
    this.#validAt = validAt;
    const { moments, rights, isVouchingAsked } = termsOf(programme);
    this.#ofRules = rulesAt === undefined ? firstAfter(validAt, moments) : undefined;
    this.#rights = rights;
    this.#isVouchingAsked = isVouchingAsked;
  }

  /** @param rest of the chain, where only this is known of it */
  of(chain: Chain, custody: readonly SiteCustody[], rest: RestUntil = {}): string | undefined {
    const { asked } = chain;
    const sites = this.#sites;
    let first = earlier(this.#ofRules, rest.custody);
    if (this.#isVouchingAsked) first = earlier(first, rest.birthplaces);
    for (const { siteId } of custody) first = earlier(first, sites.nextFact(siteId));
    if (this.#isVouchingAsked)
      for (const siteId of chain.each(birthplacesOf, birthplacesOf)) first = earlier(first, sites.nextFact(siteId));
    const stay = asked.stays.at(-1);
    if (stay === undefined || stay.departed !== undefined) return first;
    first = earlier(first, sites.nextFact(stay.siteId));
    const arrived = shownAfter(this.#validAt, [stay.arrived.occurredAt]);
    return earlier(earlier(first, arrived), this.#firstBoundAt(stay.siteId));
  }

  #firstBoundAt(siteId: string): string | undefined {
    if (this.#firstBounds.has(siteId)) return this.#firstBounds.get(siteId);
    const rights = this.#sites.rightsAt(siteId);
    const first = shownAfter(
      this.#validAt,
      this.#rights.flatMap((right) => boundsOf(rights, right)),
    );
    if (this.#firstBounds.size >= MOST_SITES) this.#firstBounds.clear();
    this.#firstBounds.set(siteId, first);
    return first;
  }
}

/** Where the batch was made: what happened there in an instant takes no time in custody. */
function birthplacesOf({ node: { bornBy } }: Link): string[] {
  return bornBy === undefined ? [] : [bornBy.siteId];
}

/** The earlier of two moments; either may be absent. */
export function earlier(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one < other ? one : other;
}

/** What of a programme decides how long a verdict stands; the same at every moment. */
interface Terms {
  readonly moments: readonly string[];
  readonly rights: readonly AttestedRight[];
  readonly isVouchingAsked: boolean;
}

const TERMS = new WeakMap<Programme, Terms>();

function termsOf(programme: Programme): Terms {
  let terms = TERMS.get(programme);
  if (terms === undefined) {
    const { rules } = programme;
    const moments = rules.flatMap(({ from, until }) => (until === undefined ? [from] : [from, until]));
    const isVouchingAsked = rules.some((rule) => 'vouched' in rule);
    TERMS.set(programme, (terms = { moments, rights: [...rightsOf(programme)], isVouchingAsked }));
  }
  return terms;
}

function rightsOf({ rules }: Programme): Set<AttestedRight> {
  return new Set(
    rules.flatMap((rule): AttestedRight[] => {
      if (rule.claim === 'labour') return rule.rights;
      if (rule.claim === 'conduct') return rule.risks;
      return rule.claim === 'environment' ? rule.criteria : [];
    }),
  );
}

/** Where cover ends, where lost cover begins, where a finding or an investigation begins. */
function boundsOf(rights: SiteRights, right: AttestedRight): string[] {
  const { covered, lost, concerns } = rights.of(right);
  return [...covered.map(({ until }) => until), ...[...lost, ...concerns].map(({ from }) => from)];
}

/** When the first of the bounds that lie at or after a moment shows. */
function shownAfter(validAt: string, bounds: readonly string[]): string | undefined {
  const ahead = bounds.filter((bound) => bound >= validAt);
  return firstAfter(
    validAt,
    ahead.map((bound) => millisecondAfter(bound) ?? bound),
  );
}

/** Undefined when the text is no moment, or the last one that can be written. */
function millisecondAfter(moment: string): string | undefined {
  const time = Date.parse(moment) + 1;
  if (Number.isNaN(time)) return undefined;
  const text = new Date(time).toISOString();
  return text.length === moment.length ? text : undefined;
}
