import { visibilityOf, type Principal } from '#access';
import {
  judgeModelYear,
  lawChanges,
  MODEL_YEAR_ID,
  programmeReference,
  sharesOfModelYear,
  type Programme,
  type Regulated,
  type Verdict,
} from '#claims';
import {
  type AlikeUnderLaw,
  type ModelYearAnswer,
  type ModelYearFacts,
  type ModelYearPart,
  type ModelYearQueries,
  type ProvenanceQueries,
} from '#read-model';
import { type LedgerClock } from '#recording';
import { type ProgrammeLibrary } from '#programmes';
import { type DisclosureReader } from '../disclosures/disclosures.js';
import { Problem } from '../problem/problem.js';

/** The programme with Art. 8, 13 and 77; its newest version is used. */
export const EU_BATTERIES = 'eu-battery-2023-1542';

export interface ModelYearQuestion {
  readonly model: string;
  /** Id of the site. */
  readonly plant: string;
  /** Four digits. */
  readonly year: string;
  /**
   * Judge as if all had been placed on the market then; default: each under the law of the day on which it was placed.
   */
  readonly rulesAt: string | undefined;
}

/** Worst first. */
const WORST: readonly Verdict[] = ['broken', 'unproven', 'holds', 'undetermined', 'not-in-force'];

interface ModelYearsParts {
  readonly queries: ModelYearQueries;
  readonly provenances: ProvenanceQueries;
  readonly library: ProgrammeLibrary;
  readonly clock: LedgerClock;
  readonly disclosures: DisclosureReader;
}

/**
 * The recycled content of a model made by a plant in a year, and the verdict under Art. 8 of Regulation (EU) 2023/1542.
 */
export class ModelYears {
  readonly #queries;
  readonly #provenances;
  readonly #library;
  readonly #clock;
  readonly #disclosures;

  constructor({ queries, provenances, library, clock, disclosures }: ModelYearsParts) {
    this.#queries = queries;
    this.#provenances = provenances;
    this.#library = library;
    this.#clock = clock;
    this.#disclosures = disclosures;
  }

  /**
   * @param signal checked before each part is judged
   * @throws Problem `not-found` when the caller sees no product of that model from that plant; the reason of the signal
   * once that is aborted
   */
  async answer(principal: Principal, question: ModelYearQuestion, signal?: AbortSignal): Promise<ModelYearAnswer> {
    const { model, plant, year, rulesAt } = question;
    const validAt = this.#clock.now();
    const programme = this.#programme(validAt);
    const request = {
      ...{ model, plant, year },
      lawChanges: rulesAt === undefined ? lawChanges(programme) : [],
      today: validAt.slice(0, 10),
    };
    const facts = await this.#queries.modelYear(visibilityOf(principal), request);
    if (!facts) throw new Problem('not-found', `There is no model ${model} of a plant ${plant}.`);
    const { products, isComplete: complete } = facts;
    const answer = {
      model,
      plantSiteId: plant,
      year: Number(year),
      programme: programmeReference(programme),
      knownAt: { logIndex: facts.logIndex },
      ...(rulesAt !== undefined && { whatIf: { rulesAt } }),
      complete,
      products: sumOf(products, ({ count }) => count),
      shares: sharesOfModelYear(facts, programme, products, validAt),
    };
    if (!complete) return answer;
    const parts: ModelYearPart[] = [];
    for (const alike of partsOf(products)) {
      signal?.throwIfAborted();
      parts.push(await this.#judged(principal, facts, programme, alike, { validAt, rulesAt }));
    }
    const verdict = WORST.find((each) => parts.some((part) => part.verdict === each)) ?? 'out-of-scope';
    return { ...answer, verdict, parts };
  }

  async #judged(
    principal: Principal,
    facts: ModelYearFacts,
    programme: Programme,
    products: readonly AlikeUnderLaw[],
    { validAt, rulesAt }: { validAt: string; rulesAt: string | undefined },
  ): Promise<ModelYearPart> {
    const { category, capacityWh, secondLife } = products[0]!.product;
    const first = products.flatMap(({ firstPlaced }) => firstPlaced ?? []).sort()[0];
    const last = products
      .flatMap(({ lastPlaced }) => lastPlaced ?? [])
      .sort()
      .at(-1);
    const regulated = regulatedAs(products[0]!, first);
    const verdict = judgeModelYear(facts, programme, products, {
      validAt,
      ...(rulesAt !== undefined && { rulesAt }),
      ...(regulated && { regulated }),
    });
    const asked = { batchId: MODEL_YEAR_ID, programme: programmeReference(programme), validAt, ...verdict };
    const { claims, reasons, explanations } = await this.#provenances.explain(visibilityOf(principal), asked, (data) =>
      this.#disclosures.revealedIn(data, principal),
    );
    return {
      ...(category !== undefined && { category }),
      ...(capacityWh !== undefined && { capacityWh }),
      ...(secondLife !== undefined && { secondLife }),
      products: sumOf(products, ({ count }) => count),
      notPlaced: sumOf(products, ({ notPlaced }) => notPlaced),
      ...(first !== undefined && last !== undefined && { placed: { first, last } }),
      rulesAt: verdict.rulesAt,
      verdict: verdict.verdict,
      ...{ claims, reasons, explanations },
    };
  }

  #programme(now: string): Programme {
    const programme = this.#library.choose(EU_BATTERIES, now);
    if (!programme) throw new Problem('not-found', `There is no programme ${EU_BATTERIES}.`);
    return programme;
  }
}

/** Groups of products to which the same law applies in the same way, in the order of their first product. */
function partsOf(products: readonly AlikeUnderLaw[]): AlikeUnderLaw[][] {
  const parts = new Map<string, AlikeUnderLaw[]>();
  for (const alike of products) {
    const key = JSON.stringify([alike.law, alike.product]);
    const part = parts.get(key);
    if (part === undefined) parts.set(key, [alike]);
    else part.push(alike);
  }
  return [...parts.values()].sort(([a], [b]) => a!.law - b!.law);
}

/** Undefined for what is not a battery. */
function regulatedAs({ product }: AlikeUnderLaw, placed: string | undefined): Regulated | undefined {
  const { kind, category, capacityWh, secondLife } = product;
  if (kind !== 'battery' || category === undefined) return undefined;
  return {
    kind: 'model-year-plant',
    category,
    ...(placed !== undefined && { placedOnMarket: `${placed}T00:00:00.000Z` }),
    ...(capacityWh !== undefined && { capacityWh }),
    ...(secondLife !== undefined && { secondLife }),
  };
}

function sumOf<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((sum, item) => sum + amount(item), 0);
}
