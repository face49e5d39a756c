import { CONTROL_CRITERION } from '#attestation';
import { controlAt } from '#custody';
import { type EventMark, type ProvenanceGraph } from '../graph/index.js';
import { type ControlRule } from '../programmes/index.js';
import { parseShare } from '../programmes/share.js';
import { type Cover, type OrganisationNode } from '../standing/index.js';
import { type Chain, type Link } from './chain.js';
import { lacking, wrong, type Fix, type Part } from './part.js';
import { mayContain } from './shares.js';
import { type SitesAt } from './sites-at.js';

/** An extraction, collection, processing or recycling of material. */
interface Act {
  readonly mark: EventMark;
  readonly batchId: string;
  readonly siteId: string;
}

/**
 * `control`: who extracted, processed or recycled what is in the batch, and who controlled them then. Broken where one of
 * the rule's countries did: by where the site lies, where the organisation is registered, or what it has declared.
 * Proven where an attestation vouches for what the organisation has declared. What it declared only after the attestation
 * was issued, about a time that the attestation covers, is unconfirmed (`correction-unconfirmed`).
 *
 * Shortest: broken, per site and reason, by the opening of the site, the registration or the declarations; unproven, per
 * site, by the first act at which nobody vouches for the control.
 */
export function controlParts(chain: Chain, graph: ProvenanceGraph, sites: SitesAt, rule: ControlRule): Part[] {
  const judge = new ControlJudge(graph, sites, rule);
  const own = judge.parts([chain.own]);
  const rest = chain.rest.once(rule, (links) => judge.parts(links));
  return firstOfEach([...own, ...rest]);
}

export class ControlJudge {
  readonly #graph: ProvenanceGraph;
  readonly #sites: SitesAt;
  readonly #rule: ControlRule;

  constructor(graph: ProvenanceGraph, sites: SitesAt, rule: ControlRule) {
    this.#graph = graph;
    this.#sites = sites;
    this.#rule = rule;
  }

  parts(links: readonly Link[]): Part[] {
    return firstOfEach(links.flatMap((link) => this.#linkParts(link)));
  }

  #linkParts({ node }: Link): Part[] {
    const { bornBy, batchId } = node;
    const minerals = this.#rule.scope?.minerals;
    if (minerals !== undefined && !mayContain(node, minerals)) return [];
    if (bornBy === undefined) return [lacking('origin-undocumented', node.uses.slice(0, 1), { batchId })];
    // A part of a batch was made where the batch was.
    if (bornBy.kind === 'split') return [];
    const place = { batchId, siteId: bornBy.siteId };
    if (bornBy.origin?.kind === 'undocumented') return [wrong('unproven', 'origin-undocumented', bornBy, place)];
    const { eventId, logIndex, occurredAt } = bornBy;
    return this.#actParts({ ...place, mark: { eventId, logIndex, occurredAt } });
  }

  #actParts(act: Act): Part[] {
    const { mark, ...place } = act;
    const { countries } = this.#rule;
    const site = this.#graph.sites.get(place.siteId);
    if (site === undefined) return [lacking('not-vouched', [mark], place)];
    if (countries.includes(site.country)) return [wrong('broken', 'entity-of-concern', site.opened, place)];
    const organisation = this.#sites.standing.organisations.get(site.organisationId);
    const concerning = organisation === undefined ? [] : this.#concerning(organisation, mark.occurredAt);
    if (concerning.length > 0) {
      const fix: Fix = { because: 'entity-of-concern', events: concerning };
      return [{ verdict: 'broken', ...place, fixes: [fix] }];
    }
    return this.#vouchingParts(act, organisation);
  }

  /** What makes the organisation an entity of concern at a moment: its registration, or all declared ties of one kind. */
  #concerning({ registered, control }: OrganisationNode, at: string): readonly EventMark[] {
    const { countries, share: threshold } = this.#rule;
    if (registered !== undefined && countries.includes(registered.country)) return [registered];
    const ties = controlAt(control, at).filter(({ country }) => countries.includes(country));
    const governed = ties.filter(({ kind }) => kind === 'jurisdiction' || kind === 'licence');
    if (governed.length > 0) return governed;
    for (const kind of ['ownership', 'board'] as const) {
      const held = ties.filter((tie) => tie.kind === kind);
      const sum = held.reduce((total, { share }) => total + (parseShare(share) ?? 0n), 0n);
      if (held.length > 0 && sum >= (parseShare(threshold) ?? 0n)) return held;
    }
    return [];
  }

  #vouchingParts({ mark, ...place }: Act, organisation: OrganisationNode | undefined): Part[] {
    const at = mark.occurredAt;
    const rights = this.#sites.rightsAt(place.siteId).of(CONTROL_CRITERION);
    const covers = rights.covered.filter(({ from, until }) => from <= at && at < until);
    const declared = (organisation?.control ?? []).filter(({ from }) => from <= at);
    if (declared.length > 0 && covers.some((cover) => declaredAfter(cover, declared).length === 0)) return [];
    const fixes: Fix[] = [];
    for (const cover of covers) {
      const events = declaredAfter(cover, declared);
      if (events.length > 0) fixes.push({ because: 'correction-unconfirmed', events });
    }
    for (const { from, until, because, changes } of rights.lost)
      if (from <= at && at < until) fixes.push({ because, events: changes });
    if (fixes.length > 0) return [{ verdict: 'unproven', ...place, fixes }];
    return [lacking('not-vouched', [mark], place)];
  }
}

/** What the attestor could not know when it vouched. */
function declaredAfter({ attestation }: Cover, declared: readonly EventMark[]): EventMark[] {
  return declared.filter(({ logIndex }) => logIndex > attestation.issued.logIndex);
}

/** The first of the parts that say the same about one site. */
function firstOfEach(parts: readonly Part[]): Part[] {
  const first = new Map<string, Part>();
  for (const part of parts) {
    const { verdict, siteId, batchId, fixes, missing } = part;
    const events = fixes.map((fix) => [fix.because, ...fix.events.map(({ eventId }) => eventId)]);
    const key = JSON.stringify([verdict, siteId ?? batchId, missing?.because, events]);
    if (!first.has(key)) first.set(key, part);
  }
  return [...first.values()];
}
