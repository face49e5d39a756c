import { visibilityOf, type Principal } from '#access';
import { Chains, leftPlantOn, recycledSharesOf, type BatchNode, type ClaimLine, type RecycledShares } from '#claims';
import {
  type PassportAnswer,
  type PassportQueries,
  type ProductRecords,
  type ProvenanceQueries,
  type SaidDocument,
} from '#read-model';
import { type LedgerClock } from '#recording';
import { type ProgrammeLibrary } from '#programmes';
import { type DisclosureReader } from '../disclosures/disclosures.js';
import { Problem } from '../problem/problem.js';
import { type AsOf } from './as-of.js';
import { type BatchClaims } from './batch-claims.js';
import { EU_BATTERIES } from './model-years.js';
import { NOT_KNOWN } from './not-known.js';

export interface PassportQuestion {
  readonly batchId: string;
  /** Undefined: now. */
  readonly validAt: string | undefined;
  readonly knownAt: string | undefined;
}

type Product = PassportAnswer['identity']['product'];

interface PassportsParts {
  readonly queries: PassportQueries;
  readonly claims: BatchClaims;
  readonly provenances: ProvenanceQueries;
  readonly library: ProgrammeLibrary;
  readonly asOf: AsOf;
  readonly clock: LedgerClock;
  readonly disclosures: DisclosureReader;
}

/**
 * What the ledger has for the battery passport of a product (Regulation (EU) 2023/1542, Art. 77 and Annex XIII), each item with
 * what it rests on. What the ledger does not have is listed, not left out.
 */
export class Passports {
  readonly #parts: PassportsParts;

  constructor(parts: PassportsParts) {
    this.#parts = parts;
  }

  /** @throws Problem `not-found` for what was not a product then, or what the caller does not see; `invalid-request` */
  async answer(principal: Principal, question: PassportQuestion, signal?: AbortSignal): Promise<PassportAnswer> {
    const { queries, claims, provenances, library, asOf, clock, disclosures } = this.#parts;
    const { batchId, knownAt, validAt = clock.now() } = question;
    const visibility = visibilityOf(principal);
    const { logIndex, recordedAt } = await asOf.knownMoment(knownAt);
    const programme = library.choose(EU_BATTERIES, recordedAt);
    const found = await provenances.chainFacts(visibility, batchId, { knownAt: logIndex, validAt });
    const node = found?.graph.batches.get(found.batchId);
    if (!programme || !node?.product) throw new Problem('not-found', `There was no product ${batchId} then.`);
    signal?.throwIfAborted();
    const judged = new Chains(found!.graph, found!.standing, validAt).of(node.batchId);
    const shares = judged === undefined ? [] : recycledSharesOf(judged, programme);
    const records = await queries.records(visibility, node, found!.graph);
    const verdict = await claims.judge(principal, askedOf(batchId, validAt, logIndex), signal);
    const { reasons = [], explanations = [] } = verdict;
    const passport: PassportAnswer = {
      productId: records.batch.batchId,
      programme: verdict.programme,
      validAt,
      knownAt: { logIndex },
      rulesAt: verdict.rulesAt,
      verdict: verdict.verdict,
      ...sectionsOf(node, records, shares, verdict.claims),
      notKnown: NOT_KNOWN,
      reasons,
      explanations,
    };
    return disclosures.revealedIn(passport, principal);
  }
}

function askedOf(batchId: string, validAt: string, logIndex: number): Parameters<BatchClaims['judge']>[1] {
  return {
    ...{ kind: 'product', batchId, programme: EU_BATTERIES, validAt, knownAt: String(logIndex) },
    ...{ rulesAt: undefined, batteryCategory: undefined, indicative: false },
    ...{ restsOn: false, reasons: true, complete: true },
  };
}

type Sections = Pick<
  PassportAnswer,
  | 'identity'
  | 'composition'
  | 'recycledContent'
  | 'declaredRecycledContent'
  | 'carbonFootprint'
  | 'documents'
  | 'marks'
  | 'responsibleSourcing'
>;

function sectionsOf(
  node: BatchNode,
  records: ProductRecords,
  shares: readonly RecycledShares[],
  lines: readonly ClaimLine[],
): Sections {
  const { batch, declarations, assembledBy } = records;
  const product = batch.product!;
  const made = assembledBy === undefined ? [] : [assembledBy];
  const documents = (...kinds: string[]): SaidDocument[] =>
    records.documents.filter(({ kind }) => kinds.includes(kind));
  const about = (...claims: string[]): ClaimLine[] => lines.filter(({ claim }) => claims.includes(claim));
  const documented = (...kinds: string[]): ClaimLine[] =>
    about('documented').filter(({ document = '' }) => kinds.includes(document));
  const judgedIn = placeOfVerdict(node, product);
  return {
    identity: {
      annex: 'Annex XIII, 1(a) and 4(c); Annex VI, Part A',
      basis: 'recorded',
      eventIds: [...made, ...[records.placedBy, records.takenBackBy].filter((id) => id !== undefined)],
      product,
      material: batch.material,
      grossGrams: batch.grossGrams,
      status: statusOf(node),
      onMarket: batch.status === 'on-market',
    },
    composition: {
      annex: 'Annex XIII, 1(b)',
      basis: batch.contentKnown ? 'computed' : 'not-known',
      eventIds: made,
      contentKnown: batch.contentKnown,
      contentGrams: batch.contentGrams,
      composition: batch.composition,
    },
    recycledContent: {
      annex: 'Annex XIII, 1(e)',
      basis: batch.contentKnown ? 'computed' : 'not-known',
      eventIds: made,
      shares,
      ...(judgedIn !== undefined && { judgedIn }),
    },
    declaredRecycledContent: {
      annex: 'Annex XIII, 1(e)',
      basis: declarations.length > 0 ? 'declared' : 'not-known',
      shares: declarations,
      claims: about('recycled-declared'),
    },
    carbonFootprint: ofDocuments('Annex XIII, 1(c)', documents('carbon-footprint'), documented('carbon-footprint')),
    documents: ofDocuments(
      'Art. 8(1) and 77(1)',
      documents('recycled-content', 'battery-passport'),
      documented('recycled-content', 'battery-passport'),
    ),
    marks: { annex: 'Annex XIII, 1(q)', basis: 'recorded', labels: batch.labels, claims: about('labelling') },
    responsibleSourcing: {
      annex: 'Annex XIII, 1(d)',
      basis: 'computed',
      claims: about('labour', 'environment', 'conduct'),
    },
  };
}

function ofDocuments(
  annex: string,
  documents: readonly SaidDocument[],
  claims: readonly ClaimLine[],
): PassportAnswer['documents'] {
  return { annex, basis: documents.length > 0 ? 'declared' : 'not-known', documents, claims };
}

/** Annex XIII, 4(c). The ledger does not tell re-use and remanufacturing from repurposing. */
function statusOf({ uses, product }: BatchNode): 'original' | 'repurposed' | 'waste' {
  if (uses.some(({ kind }) => kind === 'waste')) return 'waste';
  return product?.secondLife ? 'repurposed' : 'original';
}

/** Undefined while it has not left the plant, or if the caller is not shown the model. */
function placeOfVerdict(node: BatchNode, { model, plantSiteId }: Product): string | undefined {
  const left = leftPlantOn(node);
  if (left === undefined || model === undefined) return undefined;
  const query = new URLSearchParams({ plant: plantSiteId, year: left.slice(0, 4) });
  return `/v1/models/${encodeURIComponent(model)}/recycled-content?${query.toString()}`;
}
