import { type ReactNode } from 'react';

/** A column by its heading. `number` aligns it to the right; `axis` makes it as wide as the drawing in it. */
type Column = string | { readonly heading: string; readonly as: 'number' | 'axis' };

interface ScrollingTableProps {
  /** For screen readers. */
  readonly name: string;
  readonly caption?: ReactNode;
  readonly columns: readonly Column[];
  /** The rows. */
  readonly children: ReactNode;
}

/** A table that scrolls inside its card when the page is too narrow for it, with the keyboard too (WCAG 2.2, 2.1.1). */
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
