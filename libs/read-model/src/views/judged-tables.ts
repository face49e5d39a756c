import { sql } from 'kysely';
import { key, optional, present, required, type TablePlan } from './table-plan.js';

/** The tables of verdicts, of their summaries, and of what is to be judged. */
export const JUDGED_PLANS = {
  unjudged: {
    columns: {
      batch_id: ['text', key],
      since: ['wide', required],
      last: ['wide', required],
      spread: ['wide', required],
      organisation_id: ['text', required],
      born: ['wide', required],
      anew: ['wide', required],
    },
    clustered: true,
    // How far judging has come is looked up after every group: going through all marks each time would be quadratic.
    indexes: [{ columns: ['spread', 'since'] }, { columns: ['organisation_id', 'born', 'batch_id'] }],
  },
  making_summaries: {
    columns: { flow: ['wide', key], summary: ['text', required], weighed: ['wide', required] },
    indexes: [{ columns: ['weighed'], where: sql<boolean>`${sql.ref('weighed')} = 1` }],
  },
  contributions: {
    columns: { flow: ['wide', required], batch_id: ['text', required], summary: ['text', required] },
    primaryKey: ['flow', 'batch_id'],
    clustered: true,
    indexes: [{ columns: ['batch_id', 'flow'] }],
  },
  told_uses: {
    columns: {
      batch_id: ['text', key],
      up_to: ['wide', required],
      hangs_on: ['text', required],
      weights: ['text', required],
    },
  },
  summary_basis: { columns: { basis: ['text', key] } },
  verdicts: {
    columns: {
      programme: ['text', required],
      batch_id: ['text', required],
      material: ['text', required],
      verdict: ['text', required],
      claim_list: ['text', required],
      stands_until: ['text', optional],
    },
    primaryKey: ['batch_id', 'programme'],
    clustered: true,
    indexes: [
      { columns: ['programme', 'verdict', 'batch_id'] },
      { columns: ['programme', 'verdict', 'material', 'batch_id'] },
      { columns: ['stands_until'], where: present('stands_until') },
    ],
  },
  claim_lists: { columns: { claim_list: ['text', key], claims: ['text', required] } },
  seen_counts: {
    columns: {
      organisation_id: ['text', required],
      programme: ['text', required],
      verdict: ['text', required],
      claim_list: ['text', required],
      batches: ['wide', required],
    },
    primaryKey: ['organisation_id', 'programme', 'verdict', 'claim_list'],
  },
  verdict_counts: {
    columns: {
      programme: ['text', required],
      subject: ['text', required],
      verdict: ['text', required],
      batches: ['wide', required],
    },
    primaryKey: ['programme', 'subject', 'verdict'],
  },
} satisfies Record<string, TablePlan>;
