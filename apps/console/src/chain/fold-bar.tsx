import { type ReactNode } from 'react';
import { type FoldBy } from './chain-folding.js';

/** Chains with fewer batches are not folded. */
const WORTH_FOLDING = 10;

const TITLES: Readonly<Record<FoldBy, string>> = {
  batch: 'single batches',
  campaign: 'campaigns',
  site: 'sites',
  organisation: 'organisations',
  stage: 'stages and materials',
};

interface FoldBarProps {
  readonly batches: number;
  readonly by: FoldBy;
  readonly choose: (by: FoldBy) => void;
  /** Folds the group that was unfolded last; undefined if there is none. */
  readonly fold: (() => void) | undefined;
}

/** Choice of the level at which a chain is folded into groups. */
export function FoldBar({ batches, by, choose, fold }: FoldBarProps): ReactNode {
  if (batches < WORTH_FOLDING) return null;
  return (
    <div className="row fold-bar no-print">
      <label className="inline" htmlFor="fold-by">
        Read by
      </label>
      <select id="fold-by" value={by} onChange={({ target }) => choose(target.value as FoldBy)}>
        {Object.entries(TITLES).map(([value, title]) => (
          <option key={value} value={value}>
            {title}
          </option>
        ))}
      </select>
      <button type="button" disabled={fold === undefined} onClick={fold}>
        Fold last group
      </button>
    </div>
  );
}
