import { type BatchState, type Verdict } from '#claims';
import { type Visibility } from '#access';
import { JUDGED_BATCH, pageRedaction } from '../redaction/answer-redactions.js';
import { Redactor, type Scope } from '../redaction/redactor.js';
import { JudgedProgress } from '../views/unjudged.js';
import { type Views } from '../views/views.js';
import { subjectOf } from '../verdicts/verdict-rows.js';
import { WHOLE } from '../verdicts/verdict-writer.js';
import {
  type JudgedBatch,
  type OverviewAnswer,
  type Page,
  type PageRequest,
  type VerdictCounts,
} from '../answers/index.js';
import { batchAnswer, type BatchFilter } from './batch-queries.js';
import { RecyclerCountries } from './recycler-countries.js';
import { decodeCursor, encodeCursor, pageOf, pageSize } from './cursor.js';

type JudgedFilter = BatchFilter & { programme: string; verdict?: Verdict };
interface JudgedRow {
  readonly key: string;
  readonly verdict: string;
  readonly node: string;
  /** Null: no event that concerns the batch is still to be taken into account. */
  readonly since: number | null;
}

/** Verdicts of all batches as of now, by the newest version of each programme. */
export class VerdictQueries {
  readonly #redactor;
  readonly #recyclers;
  readonly #soFar;

  readonly #views: Views;

  constructor(views: Views) {
    this.#views = views;
    this.#redactor = new Redactor(views);
    this.#recyclers = new RecyclerCountries(views.db);
    this.#soFar = new JudgedProgress(views.db, views.version);
  }

  /** The log index up to which every stored verdict takes all events into account. */
  async judgedUpTo(): Promise<number> {
    return (await this.#soFar.of(this.#views.db)).all;
  }

  /**
   * The batches that the caller sees with their verdict under a programme, ordered as {@link BatchQueries.batches} orders.
   * @param filter.programme `id@version`, the newest of its id.
   */
  async batches(visibility: Visibility, filter: JudgedFilter, page: PageRequest = {}): Promise<Page<JudgedBatch>> {
    const scope = await this.#redactor.scope(visibility, filter.siteId);
    if (scope === undefined) return { items: [], next: null };
    // Read before the rows: what is judged meanwhile can only make the answer more recent than it says.
    const judgedUpTo = await this.#soFar.of(this.#views.db);
    const judged = await (scope.seenBy === undefined
      ? this.#all(scope, filter, page)
      : this.#visibleTo(scope.seenBy, scope, filter, page));
    const rows = judged.map((row) => ({ ...row, node: JSON.parse(row.node) as BatchState }));
    const countryOf = await this.#recyclers.of(
      this.#views.db,
      rows.map(({ node }) => node),
    );
    const list = scope.seenBy === undefined ? 'verdicts' : 'visible verdicts';
    const answer = pageOf(
      rows,
      pageSize(page),
      (row) => ({
        ...batchAnswer(row.node, countryOf),
        programme: filter.programme,
        verdict: row.verdict as Verdict,
        judgedUpTo: row.since === null ? judgedUpTo.unmarked : judgedUpTo.all,
      }),
      (row) => encodeCursor(list, [row.key]),
    );
    return this.#redactor.show(visibility, pageRedaction(JUDGED_BATCH), answer);
  }

  /**
   * A verdict and a material are found by an index of both; the batches at a site, or of a material whatever their verdict,
   * are gone through one by one: the cross join keeps that order.
   */
  async #all(scope: Scope, filter: JudgedFilter, page: PageRequest): Promise<JudgedRow[]> {
    const { db } = this.#views;
    const { siteId } = scope;
    const { verdict, material } = filter;
    const isByBatch = siteId !== undefined || (material !== undefined && verdict === undefined);
    let query = isByBatch
      ? db.selectFrom('batches').crossJoin('verdicts')
      : db.selectFrom('verdicts').crossJoin('batches');
    query = query
      .whereRef('batches.batch_id', '=', 'verdicts.batch_id')
      .where('verdicts.programme', '=', filter.programme);
    if (verdict !== undefined) query = query.where('verdicts.verdict', '=', verdict);
    if (siteId !== undefined) query = query.where('batches.site_id', '=', siteId);
    if (material !== undefined) query = query.where('batches.material', '=', material);
    if (material !== undefined && !isByBatch) query = query.where('verdicts.material', '=', material);
    const key = isByBatch ? 'batches.batch_id' : 'verdicts.batch_id';
    if (page.cursor !== undefined) {
      const [after] = decodeCursor('verdicts', page.cursor, ['string'] as const);
      query = query.where(key, '>', after);
    }
    return query
      .leftJoin('unjudged', 'unjudged.batch_id', 'verdicts.batch_id')
      .select(['verdicts.batch_id as key', 'verdicts.verdict', 'batches.node', 'unjudged.since'])
      .orderBy(key)
      .limit(pageSize(page) + 1)
      .execute();
  }

  /** Starts from the batches that the organisation sees, or from those with the verdict: the cross join keeps that order. */
  async #visibleTo(
    organisationId: string,
    scope: Scope,
    filter: JudgedFilter,
    page: PageRequest,
  ): Promise<JudgedRow[]> {
    const { db } = this.#views;
    const { verdict, material } = filter;
    const way = await this.#wayTo(organisationId, filter, pageSize(page) + 1);
    if (way === 'none') return [];
    const isByVerdict = way === 'by-verdict';
    let query = (
      isByVerdict
        ? db.selectFrom('verdicts').crossJoin('visible_batches')
        : db.selectFrom('visible_batches').crossJoin('verdicts')
    )
      .crossJoin('batches')
      .leftJoin('unjudged', 'unjudged.batch_id', 'visible_batches.batch_id')
      .whereRef('verdicts.batch_id', '=', 'visible_batches.batch_id')
      .whereRef('batches.batch_id', '=', 'visible_batches.batch_id')
      .select(['visible_batches.pseudonym as key', 'verdicts.verdict', 'batches.node', 'unjudged.since'])
      .where('visible_batches.organisation_id', '=', organisationId)
      .where('verdicts.programme', '=', filter.programme)
      .orderBy('visible_batches.pseudonym')
      .limit(pageSize(page) + 1);
    if (verdict !== undefined) query = query.where('verdicts.verdict', '=', verdict);
    if (scope.siteId !== undefined) query = query.where('batches.site_id', '=', scope.siteId);
    if (material !== undefined)
      query = query.where(isByVerdict ? 'verdicts.material' : 'batches.material', '=', material);
    if (page.cursor !== undefined) {
      const [after] = decodeCursor('visible verdicts', page.cursor, ['string'] as const);
      query = query.where('visible_batches.pseudonym', '>', after);
    }
    return query.execute();
  }

  /**
   * Where few batches have the verdict, it starts from those; where many do, what the organisation sees soon fills a page.
   * @param rows of a page
   */
  async #wayTo(
    organisationId: string,
    { programme, verdict }: JudgedFilter,
    rows: number,
  ): Promise<'none' | 'by-verdict' | 'by-visibility'> {
    if (verdict === undefined) return 'by-visibility';
    const { db } = this.#views;
    const counted = await db
      .selectFrom('seen_counts')
      .select(({ fn }) => ['verdict', fn.sum<number>('batches').as('batches')])
      .where('organisation_id', '=', organisationId)
      .where('programme', '=', programme)
      .groupBy('verdict')
      .execute();
    const seen = counted.reduce((sum, { batches }) => sum + Number(batches), 0);
    const having = Number(counted.find((row) => row.verdict === verdict)?.batches ?? 0);
    if (having === 0) return 'none';
    const all = await db
      .selectFrom('verdict_counts')
      .select('batches')
      .where('programme', '=', programme)
      .where('subject', '=', WHOLE)
      .where('verdict', '=', verdict)
      .executeTakeFirst();
    return Number(all?.batches ?? 0) < (rows * seen) / having ? 'by-verdict' : 'by-visibility';
  }

  /**
   * For a programme and each of its claims: how many of the batches that the caller sees have each verdict.
   * @param programme `id@version`.
   */
  async overview(visibility: Visibility, programme: string): Promise<OverviewAnswer> {
    const upTo = await this.judgedUpTo();
    const rows = await this.#counts(visibility, programme);
    const subjects = new Map<string, VerdictCounts>();
    for (const { subject, verdict, batches } of rows) {
      const counts = subjects.get(subject) ?? {};
      counts[verdict as Verdict] = batches;
      subjects.set(subject, counts);
    }
    const verdicts = subjects.get(WHOLE) ?? {};
    subjects.delete(WHOLE);
    return {
      programme,
      judgedUpTo: upTo,
      verdicts,
      claims: [...subjects].map(([subject, counts]) => ({ ...subjectOf(subject), verdicts: counts })),
    };
  }

  async #counts(visibility: Visibility, programme: string): Promise<CountRow[]> {
    if (visibility.sees === 'registry') return [];
    if (visibility.sees === 'organisation') return this.#countsOfVisible(visibility.organisationId, programme);
    return this.#views.db
      .selectFrom('verdict_counts')
      .select(['subject', 'verdict', 'batches'])
      .where('programme', '=', programme)
      .where('batches', '>', 0)
      .orderBy('subject')
      .execute();
  }

  /** From the counts by verdict and list of claims: the lists are few, however many batches are seen. */
  async #countsOfVisible(organisationId: string, programme: string): Promise<CountRow[]> {
    const rows = await this.#views.db
      .selectFrom('seen_counts')
      .innerJoin('claim_lists', 'claim_lists.claim_list', 'seen_counts.claim_list')
      .select(['seen_counts.verdict', 'claim_lists.claims', 'seen_counts.batches'])
      .where('seen_counts.organisation_id', '=', organisationId)
      .where('seen_counts.programme', '=', programme)
      .where('seen_counts.batches', '>', 0)
      .execute();
    const counts = new Map<string, CountRow>();
    for (const { verdict: whole, claims, batches } of rows) {
      for (const [subject, verdict] of [[WHOLE, whole], ...(JSON.parse(claims) as [string, string][])] as const) {
        const key = JSON.stringify([subject, verdict]);
        const before = counts.get(key)?.batches ?? 0;
        counts.set(key, { subject: subject ?? WHOLE, verdict: verdict ?? whole, batches: before + Number(batches) });
      }
    }
    return [...counts.values()].sort((a, b) => (a.subject < b.subject ? -1 : 1));
  }
}

interface CountRow {
  readonly subject: string;
  readonly verdict: string;
  readonly batches: number;
}
