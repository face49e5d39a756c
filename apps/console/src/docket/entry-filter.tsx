import { type ReactNode } from 'react';
import { wordsOf } from '../format/format.js';
import { type Filter, type Filtered } from './filter.js';

interface EntryFilterProps {
  readonly entries: readonly Filtered[];
  /** Number of entries that match the filter. */
  readonly shown: number;
  readonly filter: Filter;
  readonly choose: (filter: Filter) => void;
}

/** Filters a list of concerns by state, kind and text. */
export function EntryFilter({ entries, shown, filter, choose }: EntryFilterProps): ReactNode {
  const statuses = [...new Set(entries.map(({ status }) => status))].sort();
  const kinds = [...new Set(entries.flatMap((entry) => entry.kinds))].sort();
  return (
    <form className="no-print" role="search" aria-label="Concerns" onSubmit={(event) => event.preventDefault()}>
      <div className="fields-row">
        <Choice
          title="State"
          values={statuses}
          value={filter.status}
          choose={(status) => choose({ ...filter, status })}
        />
        <Choice title="About" values={kinds} value={filter.kind} choose={(kind) => choose({ ...filter, kind })} />
        <label>
          Site, country, subject or words
          <input
            type="search"
            value={filter.text}
            onChange={({ target }) => choose({ ...filter, text: target.value })}
          />
        </label>
      </div>
      <p role="status" className="quiet">
        {shown.toLocaleString()} of {entries.length.toLocaleString()} shown
      </p>
    </form>
  );
}

interface ChoiceProps {
  readonly title: string;
  readonly values: readonly string[];
  readonly value: string;
  readonly choose: (value: string) => void;
}

function Choice({ title, values, value, choose }: ChoiceProps): ReactNode {
  return (
    <label>
      {title}
      <select value={value} onChange={({ target }) => choose(target.value)}>
        <option value="">any</option>
        {[...new Set([...values, ...(value === '' ? [] : [value])])].map((each) => (
          <option key={each} value={each}>
            {wordsOf(each)}
          </option>
        ))}
      </select>
    </label>
  );
}
