import { useState, type ReactNode } from 'react';

/** Content that is expensive for the ledger or rarely needed: requested and shown only when the reader opens it. */
export function OnRequest({ id, title, children }: { id: string; title: string; children: ReactNode }): ReactNode {
  const [isOpened, setOpened] = useState(false);
  return (
    <div className={id}>
      <button
        type="button"
        className="no-print"
        aria-expanded={isOpened}
        aria-controls={id}
        onClick={() => setOpened(!isOpened)}
      >
        {title}
      </button>
      <div id={id}>{isOpened && children}</div>
    </div>
  );
}
