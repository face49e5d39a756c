/**
 * What each kind of claim asks of a chain, one entry per kind: strands. A strand is judged link by link and transformation by
 * transformation, the worst result counts, and the more of a batch's history belongs to the chain, the worse it can get but
 * never better: so a chain can be summarised by the worst of each strand. What is judged only on the batch asked about needs
 * no strand.
 */
import { type AttestedRight, type FactCriterion } from '#attestation';
import { type Mineral } from '#custody';
import { type Areas, type Claim, type Rule } from '../programmes/index.js';
import { ControlJudge } from '../evaluate/control.js';
import { custodyPartsOf } from '../evaluate/custody.js';
import { labelledHopParts } from '../evaluate/labelling.js';
import { type LabourEvidence } from '../evaluate/labour.js';
import { massPartsOf, modelParts, transformationParts } from '../evaluate/mass.js';
import { type Part } from '../evaluate/part.js';
import { type Subject } from '../evaluate/verdict.types.js';
import { partiesEntered, pendingTermsParts, termsParts } from '../evaluate/trade-terms.js';
import { restsOf, unconfirmedParts } from '../evaluate/unconfirmed.js';
import { type ProvenanceGraph } from '../graph/index.js';
import { type Link } from '../evaluate/chain.js';
import { type LinkFacts, type MakingFacts } from './facts.js';

export interface Strand {
  /** Strands with the same key have the same result, whichever programme asks. */
  readonly key: string;
  /** What a batch contributes up to its last use that concerns the chain. */
  readonly ofLink?: (link: LinkFacts) => readonly Part[];
  /** What a transformation contributes. */
  readonly ofMaking?: (making: MakingFacts) => readonly Part[];
  /** Keys of the strands whose result up to such a link counts for this one from there on. */
  readonly meets?: (link: Link, graph: ProvenanceGraph) => readonly string[];
  /** It counts for no claim by itself, only where another strand meets it. */
  readonly isPending?: true;
}

type RuleOf<C extends Claim> = Extract<Rule, { claim: C }>;
/** `whole-chain`: no summary tells it; programmes with such a rule have every chain walked through. */
type Strands<C extends Claim> = ((rule: RuleOf<C>, subject: Subject) => readonly Strand[]) | 'whole-chain';

const NONE: readonly Strand[] = [];

const STRANDS: { readonly [C in Claim]: Strands<C> } = {
  'recycled-content': () => NONE,
  'recycled-declared': () => NONE,
  origin: () => NONE,
  labelling: (rule) => {
    if (rule.on === 'batch') return NONE;
    const { acceptedStandards, carriers } = rule;
    const key = `labelling ${JSON.stringify([acceptedStandards, carriers])}`;
    return [{ key, ofLink: ({ link }) => labelledHopParts(link, rule) }];
  },
  labour: ({ evidence, sitesIn }, { right }) =>
    right === undefined ? NONE : [custodyStrand(right, evidence, sitesIn)],
  conduct: ({ evidence, sitesIn }, { right }) =>
    right === undefined ? NONE : [custodyStrand(right, evidence, sitesIn)],
  environment: ({ sitesIn }, { right }) =>
    right === undefined ? NONE : [custodyStrand(right, 'attestations', sitesIn)],
  documented: () => NONE,
  custody: () => [{ key: 'custody', ofLink: ({ link }) => custodyPartsOf(link) }],
  'mass-balance': () => [
    {
      key: 'mass-balance',
      ofLink: ({ link }) => massPartsOf(link),
      ofMaking: ({ made, graph }) => transformationParts(made, graph),
    },
  ],
  'chain-of-custody': () => [{ key: 'chain-of-custody', ofMaking: ({ made }) => modelParts(made) }],
  'trade-terms': (rule) => {
    const { parties } = rule;
    const key = `trade-terms ${JSON.stringify(parties)}`;
    const pendingKey = (party: string): string => `${key} from ${party}`;
    const terms: Strand = {
      key,
      ofLink: ({ link, graph }) => termsParts(link, graph, rule),
      meets: (link, graph) => {
        const entered = partiesEntered(link, graph, rule);
        return parties.filter((party) => entered.some((other) => other !== party)).map(pendingKey);
      },
    };
    // What left a party for a third country counts once it, or what became of it, enters another party.
    const pending = parties.map((party): Strand => ({
      key: pendingKey(party),
      ofLink: ({ link, graph }) => pendingTermsParts(link, graph, rule, party),
      isPending: true,
    }));
    return [terms, ...pending, ...(rule.vouched === undefined ? [] : [vouchedStrand(rule.vouched)])];
  },
  control: (rule) => {
    const { countries, share, scope } = rule;
    const key = `control ${JSON.stringify([countries, share, scope?.minerals])}`;
    return [{ key, ofLink: ({ link, graph, sites }) => new ControlJudge(graph, sites, rule).parts([link]) }];
  },
};

/** Custody held against what is said of a right at its sites. */
function custodyStrand(right: AttestedRight, evidence: LabourEvidence, areas: Areas | undefined): Strand {
  const where = areas === undefined ? '' : ` in ${areas.countries.join(' ')}`;
  return {
    key: `custody under ${evidence} of ${right}${where}`,
    ofLink: (link) => link.labourAt(areas).parts(right, evidence),
  };
}

/** Who registered or recycled what is in the chain, held against what is vouched for. */
function vouchedStrand(criteria: readonly FactCriterion[]): Strand {
  return {
    key: `acts vouched for by ${criteria.join(' ')}`,
    ofLink: ({ vouchedBy }) => vouchedBy(criteria).acts.flatMap(({ role, part }) => (role === 'maker' ? [] : [part])),
  };
}

/** Corrections that nobody has confirmed. */
function unconfirmedStrand(rule: Rule, mineral: Mineral | undefined): readonly Strand[] {
  const { rests, minerals } = restsOf(rule, mineral);
  if (rests.length === 0) return NONE;
  const key = `unconfirmed ${JSON.stringify([rests, minerals])}`;
  return [{ key, ofLink: ({ unconfirmed }) => unconfirmedParts(unconfirmed, rule, mineral) }];
}

/** What a line of a programme asks of the chain; undefined: more than a summary tells. */
export function strandsOf(rule: Rule, subject: Subject): readonly Strand[] | undefined {
  const ofClaim = STRANDS[rule.claim] as Strands<Claim>;
  if (ofClaim === 'whole-chain') return undefined;
  const strands = ofClaim(rule, subject);
  return [...strands, ...unconfirmedStrand(rule, subject.mineral)];
}
