import type { BatchNode, Verdict } from '#claims';
import { judgedUpTo } from '../views/unjudged.js';
import type { Views } from '../views/views.js';
import { WHOLE } from '../verdicts/verdict-writer.js';
import type { BatchAnswer, Page, PageRequest } from './answers.js';
import { batchAnswer, type BatchFilter } from './batch-queries.js';
import { decodeCursor, encodeCursor, pageOf, pageSize } from './cursor.js';

export interface JudgedBatch extends BatchAnswer {
  /** `id@version`. */
  programme: string;
  verdict: Verdict;
}
export type VerdictCounts = Partial<Record<Verdict, number>>;
export interface ClaimCounts {
  claim: string;
  mineral?: string;
  right?: string;
  verdicts: VerdictCounts;
}
export interface OverviewAnswer {
  programme: string;
  /** Log index up to which the counts take all events into account; −1 while the read model is being filled. */
  judgedUpTo: number;
  verdicts: VerdictCounts;
  claims: ClaimCounts[];
}

/** Verdicts of all batches as of now, by the newest version of each programme. */
export class VerdictQueries {
  constructor(private readonly views: Views) {}

  /** The log index up to which every stored verdict takes all events into account. */
  async judgedUpTo(): Promise<number> {
    return judgedUpTo(this.views.db, this.views.version);
  }

  /**
   * Batches in ascending order of their ids with their verdict under a programme.
   * @param filter.programme `id@version`, the newest of its id.
   */
  async batches(
    filter: BatchFilter & { programme: string; verdict?: Verdict },
    page: PageRequest = {},
  ): Promise<Page<JudgedBatch>> {
    const size = pageSize(page);
    let query = this.views.db
      .selectFrom('verdicts')
      .innerJoin('batches', 'batches.batch_id', 'verdicts.batch_id')
      .select(['verdicts.batch_id', 'verdicts.verdict', 'batches.node'])
      .where('verdicts.programme', '=', filter.programme)
      .orderBy('verdicts.batch_id')
      .limit(size + 1);
    if (filter.verdict !== undefined) query = query.where('verdicts.verdict', '=', filter.verdict);
    if (filter.siteId !== undefined) query = query.where('batches.site_id', '=', filter.siteId);
    if (filter.material !== undefined) query = query.where('batches.material', '=', filter.material);
    if (page.cursor !== undefined) {
      const [after] = decodeCursor('verdicts', page.cursor, ['string'] as const);
      query = query.where('verdicts.batch_id', '>', after);
    }
    return pageOf(
      await query.execute(),
      size,
      (row) => ({
        ...batchAnswer(JSON.parse(row.node) as BatchNode),
        programme: filter.programme,
        verdict: row.verdict as Verdict,
      }),
      (row) => encodeCursor('verdicts', [row.batch_id]),
    );
  }

  /** How many batches a programme, and each of its claims, has which verdict. @param programme `id@version`. */
  async overview(programme: string): Promise<OverviewAnswer> {
    const upTo = await this.judgedUpTo();
    const rows = await this.views.db
      .selectFrom('verdict_counts')
      .select(['subject', 'verdict', 'batches'])
      .where('programme', '=', programme)
      .where('batches', '>', 0)
      .orderBy('subject')
      .execute();
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
      claims: [...subjects].map(([subject, counts]) => ({ ...claimOf(subject), verdicts: counts })),
    };
  }
}

function claimOf(subject: string): Omit<ClaimCounts, 'verdicts'> {
  const [claim = '', what] = subject.split(':');
  if (what === undefined) return { claim };
  return claim.startsWith('recycled-') ? { claim, mineral: what } : { claim, right: what };
}
