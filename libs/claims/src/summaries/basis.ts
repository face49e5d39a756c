import { type FactCriterion } from '#attestation';
import { subjectsOf, type ProgrammeLine } from '../evaluate/programme-lines.js';
import { programmeReference, type Programme } from '../programmes/index.js';
import { strandsOf, type Strand } from './strands.js';
import { type Badness } from './summary.js';
import { type Link } from '../evaluate/chain.js';
import { type ProvenanceGraph } from '../graph/index.js';

/**
 * What some programmes ask of a chain, combined: whether or not rules are in force, so that it does not change with time.
 * Summaries on the same basis can be combined; for another basis they have to be made again ({@link Basis.name}).
 */
export class Basis {
  /** In the order in which a summary has them. */
  readonly strands: readonly Strand[];
  /** Criteria that rules ask attestors to vouch for, each combination once. */
  readonly criteria: readonly (readonly FactCriterion[])[];
  /** Countries of rules to which it matters where something was processed, each list once. */
  readonly processedIn: readonly (readonly string[])[];
  /** A rule asks more of a chain than a summary holds, so chains have to be walked. */
  readonly isWholeChainAsked: boolean;
  readonly name: string;
  readonly #places = new Map<string, number>();
  readonly #ofLine = new WeakMap<ProgrammeLine, readonly number[]>();

  constructor(readonly programmes: readonly Programme[]) {
    const strands = new Map<string, Strand>();
    const criteria = new Map<string, readonly FactCriterion[]>();
    const processedIn = new Map<string, readonly string[]>();
    let isWholeChainAsked = false;
    for (const { rules } of programmes) {
      for (const rule of rules) {
        if ('vouched' in rule && rule.vouched !== undefined) criteria.set(rule.vouched.join(' '), rule.vouched);
        if (rule.claim === 'origin' && rule.processed === true)
          processedIn.set(rule.countries.join(' '), rule.countries);
        for (const subject of subjectsOf(rule)) {
          const asked = strandsOf(rule, subject);
          if (asked === undefined) isWholeChainAsked = true;
          for (const strand of asked ?? []) strands.set(strand.key, strand);
        }
      }
    }
    this.isWholeChainAsked = isWholeChainAsked;
    this.strands = [...strands.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
    this.criteria = [...criteria.values()].sort((a, b) => (a.join(' ') < b.join(' ') ? -1 : 1));
    this.processedIn = [...processedIn.values()].sort((a, b) => (a.join(' ') < b.join(' ') ? -1 : 1));
    this.strands.forEach(({ key }, place) => this.#places.set(key, place));
    this.name = JSON.stringify([
      programmes.map(programmeReference),
      [...this.#places.keys()],
      this.criteria,
      this.processedIn,
    ]);
  }

  /** The worst of the strands that this one meets at a link. @param before how bad each was before the link */
  met(strand: Strand, link: Link, graph: ProvenanceGraph, before: readonly Badness[]): Badness {
    let worst: Badness = 0;
    if (strand.meets === undefined) return worst;
    for (const key of strand.meets(link, graph)) {
      const badness = before[this.#places.get(key) ?? -1] ?? 0;
      if (badness > worst) worst = badness;
    }
    return worst;
  }

  /** Places of the strands that a line of a programme rests on. */
  placesOf(line: ProgrammeLine): readonly number[] {
    let places = this.#ofLine.get(line);
    if (places === undefined) {
      const { rule, claim, mineral, right, document } = line;
      const subject = { claim, ...(mineral && { mineral }), ...(right && { right }), ...(document && { document }) };
      places = (strandsOf(rule, subject) ?? []).flatMap(({ key: name, isPending }) =>
        isPending === true ? [] : (this.#places.get(name) ?? []),
      );
      this.#ofLine.set(line, places);
    }
    return places;
  }
}
