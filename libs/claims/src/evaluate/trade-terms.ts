import { type TradeTerms } from '#custody';
import { parentsOf, type BatchNode, type EventMark, type Hop, type ProvenanceGraph } from '../graph/index.js';
import { type TradeTermsRule } from '../programmes/index.js';
import { hopsOf, type Chain, type Link } from './chain.js';
import { lacking, type Part } from './part.js';
import { type Vouching } from './vouching.js';

/** By party: the last log index at which the batch, or something made of it, was dispatched into that party. */
type Entries = Map<string, number>;

/**
 * `trade-terms`: exports from a party into another, or into a third country from which the goods, or what became of them, later
 * enter another party, where either side of the shipment recorded an export duty or a quantitative restriction, or neither
 * recorded anything, or they contradict each other. A shipment that was refused and returned does not count.
 *
 * Shortest: each hop is a part of its own, mended by whatever recorded its terms. A site of unknown country may be a party's:
 * its terms count when they are missing or wrong, as unproven. Where the rule asks for it, a site that registered or recycled
 * what is in the chain and that nobody vouches for leaves open between which countries it went: a part of its own, once a site.
 */
export function tradeTermsParts(
  chain: Chain,
  graph: ProvenanceGraph,
  rule: TradeTermsRule,
  vouching?: Vouching,
): Part[] {
  const { own, rest } = chain;
  const known = rest.once(rule, (links) => termsWherever(links, graph, rule)) ?? awaitingParts(chain, graph, rule);
  const parts = [...termsParts(own, graph, rule), ...known];
  return vouching === undefined ? parts : [...parts, ...vouching.parts(chain, ({ role }) => role !== 'maker')];
}

/** Where nothing upstream left a party for a third country, it does not matter where the goods went afterwards. */
function termsWherever(links: readonly Link[], graph: ProvenanceGraph, rule: TradeTermsRule): Part[] | undefined {
  const isPending = links.some((link) => hopsOf(link).some((hop) => isThirdCountry(hop, graph, rule)));
  return isPending ? undefined : links.flatMap((link) => termsParts(link, graph, rule));
}

/** What lies upstream depends on nothing of the batch asked about but the parties that it entered. */
function awaitingParts({ own, rest }: Chain, graph: ProvenanceGraph, rule: TradeTermsRule): Part[] {
  const entered = partiesEntered(own, graph, rule);
  const key = `trade terms ${JSON.stringify([rule.parties, entered])}`;
  return rest.once(key, (links) => upstreamParts(links, own.node, entered, graph, rule));
}

function upstreamParts(
  links: readonly Link[],
  asked: BatchNode,
  entered: readonly string[],
  graph: ProvenanceGraph,
  rule: TradeTermsRule,
): Part[] {
  const entries = new Map<string, Entries>();
  const lead = (node: BatchNode, parties: Iterable<string>): void => {
    const at = node.bornBy?.logIndex ?? -1;
    for (const parent of parentsOf(graph, node)) {
      const its = entries.get(parent) ?? new Map<string, number>();
      for (const party of parties) its.set(party, Math.max(its.get(party) ?? -1, at));
      entries.set(parent, its);
    }
  };
  lead(asked, entered);
  // A batch is made after its inputs.
  for (const link of [...links].sort((a, b) => bornAt(b) - bornAt(a))) {
    const { node } = link;
    lead(node, new Set([...partiesEntered(link, graph, rule), ...(entries.get(node.batchId)?.keys() ?? [])]));
  }
  return links.flatMap((link) => termsParts(link, graph, rule, entries.get(link.node.batchId)));
}

function bornAt({ node }: Link): number {
  return node.bornBy?.logIndex ?? -1;
}

/** Parties that the batch entered from another country, in the order of the rule. */
export function partiesEntered(link: Link, graph: ProvenanceGraph, { parties }: TradeTermsRule): string[] {
  const entered = new Set<string>();
  for (const hop of hopsOf(link)) {
    const to = graph.sites.get(hop.consigneeSiteId)?.country;
    const from = graph.sites.get(hop.consignorSiteId)?.country;
    if (hop.returned === undefined && to !== undefined && to !== from) entered.add(to);
  }
  return parties.filter((party) => entered.has(party));
}

/** @param later what became of the batch by its uses */
export function termsParts(link: Link, graph: ProvenanceGraph, rule: TradeTermsRule, later?: Entries): Part[] {
  const hops = hopsOf(link);
  return hops.flatMap((hop, index) => {
    const { parties } = rule;
    const { from, to } = wayOf(hop, graph);
    const isBetween = [from, to].every((country) => country === undefined || parties.includes(country));
    if (isBetween && (from === undefined || from !== to))
      return hopParts(link, hop, from !== undefined && to !== undefined);
    if (!isThirdCountry(hop, graph, rule)) return [];
    const enters = (party: string): boolean =>
      party !== from &&
      ((later?.get(party) ?? -1) > hop.dispatched.logIndex ||
        hops.slice(index + 1).some((next) => next.returned === undefined && wayOf(next, graph).to === party));
    return parties.some(enters) ? hopParts(link, hop, true) : [];
  });
}

/** What is wrong with exports of a party into third countries, should the goods enter another party. */
export function pendingTermsParts(link: Link, graph: ProvenanceGraph, rule: TradeTermsRule, party: string): Part[] {
  return hopsOf(link).flatMap((hop) =>
    isThirdCountry(hop, graph, rule) && wayOf(hop, graph).from === party ? hopParts(link, hop, true) : [],
  );
}

function isThirdCountry(hop: Hop, graph: ProvenanceGraph, { parties }: TradeTermsRule): boolean {
  const { from, to } = wayOf(hop, graph);
  return from !== undefined && to !== undefined && parties.includes(from) && !parties.includes(to);
}

function wayOf({ consignorSiteId, consigneeSiteId }: Hop, { sites }: ProvenanceGraph): Way {
  return { from: sites.get(consignorSiteId)?.country, to: sites.get(consigneeSiteId)?.country };
}

/** The countries of its sites, as far as they are known. */
interface Way {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** @param isKnown whether the countries that it went between are certain */
function hopParts({ node }: Link, hop: Hop, isKnown: boolean): Part[] {
  const { tradeTerms, receivedTerms, termsWithheld, dispatched, received, returned, consignorSiteId } = hop;
  if (returned !== undefined) return [];
  const place = { batchId: node.batchId, siteId: consignorSiteId };
  const told: { terms: TradeTerms; event: EventMark }[] = [];
  if (tradeTerms !== undefined) told.push({ terms: tradeTerms, event: dispatched });
  if (receivedTerms !== undefined && received !== undefined) told.push({ terms: receivedTerms, event: received });
  const [first, other] = told;
  if (first === undefined)
    return [lacking(termsWithheld === true ? 'withheld' : 'terms-not-recorded', [dispatched], place)];
  if (other !== undefined && !isSame(first.terms, other.terms)) {
    const fixes = told.map(({ event }) => ({ because: 'terms-contradicted' as const, events: [event] }));
    return [{ verdict: 'unproven', ...place, fixes }];
  }
  const verdict = isKnown ? 'broken' : 'unproven';
  const events = told.map(({ event }) => event);
  const parts: Part[] = [];
  if (first.terms.exportDuty) parts.push({ verdict, ...place, fixes: [{ because: 'export-duty', events }] });
  if (first.terms.quantitativeRestriction)
    parts.push({ verdict, ...place, fixes: [{ because: 'quantitative-restriction', events }] });
  return parts;
}

function isSame(one: TradeTerms, other: TradeTerms): boolean {
  return one.exportDuty === other.exportDuty && one.quantitativeRestriction === other.quantitativeRestriction;
}
