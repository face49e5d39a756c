import { type ReactNode } from 'react';

/** A column, by its heading; `number`: aligned to the right, `axis`: as wide as what is drawn in it. */
type Column = string | { readonly heading: string; readonly as: 'number' | 'axis' };

interface ScrollingTableProps {
  /** For those who do not see it. */
  readonly name: string;
  readonly caption?: ReactNode;
  readonly columns: readonly Column[];
  /** Its rows. */
  readonly children: ReactNode;
}

/** A table that scrolls within its card, by the keyboard as well (WCAG 2.2, 2.1.1), where the page is too narrow for it. */
export function ScrollingTable({ name, caption, columns, children }: ScrollingTableProps): ReactNode {
  return (
    <div className="scrolls" tabIndex={0} role="region" aria-label={`${name}, scrolls`}>
      <table>
        {caption !== undefined && <caption>{caption}</caption>}
        <thead>
          <tr>
            {columns.map((column) => {
              const { heading, as } = typeof column === 'string' ? { heading: column, as: undefined } : column;
              return (
                <th key={heading} scope="col" className={as}>
                  {heading}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
