import { type ReactNode } from 'react';
import { type FoldBy } from './chain-folding.js';

/** A chain of fewer batches is read as it is. */
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
  /** Folds what was opened last; undefined when nothing was. */
  readonly fold: (() => void) | undefined;
}

/** How a chain is read: what of it is drawn as one, and back. */
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
