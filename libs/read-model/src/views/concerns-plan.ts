import { key, optional, present, required, type TablePlan } from './table-plan.js';

/** The columns of `ConcernRow`. */
export const CONCERNS_PLAN: TablePlan = {
  columns: {
    concern_id: ['text', key],
    site_id: ['text', required],
    raised_by: ['wide', required],
    raised_by_organisation: ['text', optional],
    public_id: ['text', required],
    admitted_by: ['wide', optional],
    awaiting: ['wide', required],
    hidden: ['wide', required],
    state: ['text', required],
  },
  indexes: [
    { columns: ['raised_by'] },
    { columns: ['site_id', 'raised_by'] },
    { columns: ['raised_by_organisation', 'raised_by'], where: present('raised_by_organisation') },
    { columns: ['public_id'], unique: true },
    { columns: ['admitted_by'], where: present('admitted_by') },
    { columns: ['awaiting', 'raised_by'] },
  ],
};
