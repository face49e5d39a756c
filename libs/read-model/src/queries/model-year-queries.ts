import { sql, type Kysely } from 'kysely';
import { type Visibility } from '#access';
import { type AlikeProducts } from '#claims';
import { type AlikeRecord } from '../chains/product-rows.js';
import { StoredChains, type ChainFacts } from '../chains/stored-chains.js';
import { Redactor } from '../redaction/redactor.js';
import { type ViewsSchema } from '../views/schema.js';
import { type Views } from '../views/views.js';
import { LedgerQueries } from './ledger-queries.js';

type Database = Kysely<ViewsSchema>;

interface ModelYearRequest {
  /** The maker’s name for it, exactly as recorded. */
  readonly model: string;
  /** Id of the site. */
  readonly plant: string;
  /** Calendar year, four digits. */
  readonly year: string;
  /**
   * Days on which the law changes, ascending: products placed on the market before such a day are counted separately from
   * later ones.
   */
  readonly lawChanges: readonly string[];
  /** The day whose law applies to products not yet on the market. */
  readonly today: string;
}

/** Products of one run, under the same law, that do not differ in anything that is judged. */
export interface AlikeUnderLaw extends AlikeProducts {
  readonly product: AlikeRecord['product'];
  /** How many changes of law precede the day on which they were placed on the market. */
  readonly law: number;
  readonly firstPlaced: string | undefined;
  readonly lastPlaced: string | undefined;
  readonly notPlaced: number;
}

export interface ModelYearFacts extends ChainFacts {
  readonly products: readonly AlikeUnderLaw[];
  /**
   * Whether these are all products that left the plant: a caller that neither made them nor sees everything gets only those
   * that it sees.
   */
  readonly isComplete: boolean;
  /** The log index up to which all events count. */
  readonly logIndex: number;
}

/** Where to look for products. */
interface Place {
  readonly plant: string;
  readonly model: string;
  /** Only those that this organisation sees. */
  readonly seenBy: string | undefined;
}

/** The products that plants made of their models, year by year. */
export class ModelYearQueries {
  readonly #views: Views;
  readonly #redactor;
  readonly #chains;
  readonly #ledger;

  constructor(views: Views) {
    this.#views = views;
    this.#redactor = new Redactor(views);
    this.#chains = new StoredChains(views.db, views.records);
    this.#ledger = new LedgerQueries(views);
  }

  /**
   * All products of a model that left a plant in a year, alike ones combined, with the chains of one product of each run. The database counts them: what is held in memory grows with the runs, not with the products.
   * @returns undefined when the caller knows the plant by no name, or sees no product of that model from there in any year
   */
  async modelYear(visibility: Visibility, request: ModelYearRequest): Promise<ModelYearFacts | undefined> {
    const place = await this.#placeOf(visibility, request);
    if (place === undefined) return undefined;
    // In one snapshot: the tables may advance between two of these statements.
    return this.#views.db.transaction().execute(async (tx) => {
      if (!(await isMadeThere(tx, place))) return undefined;
      const products = await alikeOf(tx, place, request);
      const facts = await this.#chains.load(tx, [...new Set(products.map(({ example }) => example))]);
      const logIndex = (await this.#ledger.ledgerSize(tx)) - 1;
      return { ...facts, products, isComplete: place.seenBy === undefined, logIndex };
    });
  }

  async #placeOf(visibility: Visibility, { model, plant }: ModelYearRequest): Promise<Place | undefined> {
    if (visibility.sees === 'registry') return undefined;
    if (visibility.sees === 'everything') return { plant, model, seenBy: undefined };
    const { organisationId } = visibility;
    // A caller that knows a plant only by a pseudonym is not told the names of its models.
    if ((await this.#redactor.site(visibility, plant)) !== plant) return undefined;
    const isOwn = await this.#redactor.isOwnSite(organisationId, plant);
    return { plant, model, seenBy: isOwn ? undefined : organisationId };
  }
}

function productsAt(db: Database, { plant, model, seenBy }: Place) {
  const all = db.selectFrom('products').where('plant_site_id', '=', plant).where('model', '=', model);
  if (seenBy === undefined) return all;
  return all.where((row) =>
    row.exists(
      row
        .selectFrom('visible_batches')
        .select('visible_batches.batch_id')
        .whereRef('visible_batches.batch_id', '=', 'products.product_id')
        .where('visible_batches.organisation_id', '=', seenBy),
    ),
  );
}

async function isMadeThere(db: Database, place: Place): Promise<boolean> {
  return (await productsAt(db, place).select('product_id').limit(1).executeTakeFirst()) !== undefined;
}

async function alikeOf(
  db: Database,
  place: Place,
  { year, lawChanges, today }: ModelYearRequest,
): Promise<AlikeUnderLaw[]> {
  const passed = lawChanges.map(
    (day) => sql`(case when coalesce(placed_on, ${today}) >= ${day.slice(0, 10)} then 1 else 0 end)`,
  );
  const rows = await productsAt(db, place)
    .where('left_on', '>=', `${year}-01-01`)
    .where('left_on', '<=', `${year}-12-31`)
    .select(({ fn }) => [
      'alike',
      sql<number>`${passed.length === 0 ? sql`0` : sql.join(passed, sql` + `)}`.as('law'),
      fn.countAll<number | string>().as('count'),
      fn.count<number | string>('placed_on').as('placed'),
      fn.min('placed_on').as('first_placed'),
      fn.max('placed_on').as('last_placed'),
      fn.min('product_id').as('example'),
    ])
    .groupBy(['alike', sql.ref('law')])
    .orderBy('example')
    .execute();
  return oneOfEachRun(
    rows.map(({ alike, law, count, placed, first_placed, last_placed, example }) => {
      const { run, ...record } = JSON.parse(alike) as AlikeRecord;
      return {
        ...record,
        run,
        law: Number(law),
        count: Number(count),
        notPlaced: Number(count) - Number(placed),
        firstPlaced: first_placed ?? undefined,
        lastPlaced: last_placed ?? undefined,
        example,
      };
    }),
  );
}

/** The same example for a whole run: all its products have the same chain. */
function oneOfEachRun(products: readonly (AlikeUnderLaw & { readonly run: string })[]): AlikeUnderLaw[] {
  const examples = new Map<string, string>();
  return products.map(({ run, ...alike }) => {
    const example = examples.get(run) ?? alike.example;
    examples.set(run, example);
    return { ...alike, example };
  });
}
