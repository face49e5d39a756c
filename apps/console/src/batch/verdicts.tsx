import { useState, type ReactNode } from 'react';
import { type Claim, type Claims, type Programme, type Explanation } from '../api/answers.js';
import { shareOf } from '../format/format.js';
import { Verdict } from '../page/verdict.js';
import { aboutOf, reasonFor, titleOf, WORST_FIRST } from './verdict-words.js';

interface VerdictsProps {
  readonly verdicts: readonly { readonly programme: Programme; readonly claims: Claims }[];
  /** The programme named in the address; its claims are open from the start. */
  readonly open: string | undefined;
  readonly choose: (programme: string | undefined) => void;
  /** The reason that is highlighted in the chain. */
  readonly lit: Explanation | undefined;
  readonly light: (reason: Explanation | undefined) => void;
}

/** One card per programme, with its verdict and the reasons; the claims of the selected programme are below the cards. */
export function Verdicts({ verdicts, open, choose, lit, light }: VerdictsProps): ReactNode {
  const chosen = verdicts.find(({ programme }) => programme.id === open);
  return (
    <>
      <ul className="cards">
        {verdicts.map(({ programme: { id, title }, claims }) => (
          <li key={id} className="panel">
            <h3>
              {title} <Verdict verdict={claims.verdict} />
            </h3>
            <Reasons reasons={claims.explanations ?? []} lit={lit} light={light} />
            <button
              type="button"
              className="quiet no-print"
              aria-expanded={id === open}
              aria-controls="claims"
              onClick={() => choose(id === open ? undefined : id)}
            >
              {claims.claims.length === 1 ? '1 claim' : `${claims.claims.length} claims`}
            </button>
          </li>
        ))}
      </ul>
      <div id="claims">
        {chosen && <ClaimList title={chosen.programme.title} claims={chosen.claims} lit={lit} light={light} />}
      </div>
    </>
  );
}

type Lighting = Pick<VerdictsProps, 'lit' | 'light'>;

/** Claims, worst first, under the clauses that they come from. */
function ClaimList({
  title,
  claims: { claims, explanations = [] },
  lit,
  light,
}: { title: string; claims: Claims } & Lighting) {
  const clauses = new Map<string, Claim[]>();
  for (const claim of sorted(claims)) clauses.set(claim.citation, [...(clauses.get(claim.citation) ?? []), claim]);
  return (
    <section className="panel" aria-labelledby="claims-of">
      <h3 id="claims-of">Claims of {title}</h3>
      <dl className="clauses">
        {[...clauses].map(([citation, below]) => (
          <div key={citation}>
            <dt className="quiet">{citation}</dt>
            {below.map((claim) => (
              <dd key={titleOf(claim)}>
                <Verdict verdict={claim.verdict} />{' '}
                <ClaimTitle claim={claim} reason={reasonFor(claim, explanations)} lit={lit} light={light} />
                {claim.indicative && <span className="tag">indication</span>}
                {claim.act !== undefined && <span className="quiet"> awaits {claim.act}</span>}
                <Bounds claim={claim} />
              </dd>
            ))}
          </div>
        ))}
      </dl>
    </section>
  );
}

/** A claim that does not hold opens its first reason. */
function ClaimTitle({
  claim,
  reason,
  lit,
  light,
}: { claim: Claim; reason: Explanation | undefined } & Lighting): ReactNode {
  if (reason === undefined) return titleOf(claim);
  const isLit = reason === lit;
  return (
    <button type="button" className="text" aria-pressed={isLit} onClick={() => light(isLit ? undefined : reason)}>
      {titleOf(claim)}
    </button>
  );
}

/** Reasons shown on a card; further ones on request. */
const SHOWN = 6;

function Reasons({ reasons, lit, light }: { reasons: readonly Explanation[] } & Lighting): ReactNode {
  const [isOpened, setOpened] = useState(false);
  const items = (isOpened ? reasons : reasons.slice(0, SHOWN)).map((reason, index) => {
    const isLit = reason === lit;
    return (
      <li key={index}>
        {reason.sentence} <span className="quiet">{aboutOf(reason)}</span>{' '}
        <button
          type="button"
          className="quiet no-print"
          aria-pressed={isLit}
          onClick={() => light(isLit ? undefined : reason)}
        >
          Show in the chain
        </button>
      </li>
    );
  });
  return (
    <>
      <ul className="reasons">{items.slice(0, SHOWN)}</ul>
      {reasons.length > SHOWN && (
        <details onToggle={({ currentTarget }) => setOpened(currentTarget.open)}>
          <summary>{(reasons.length - SHOWN).toLocaleString()} more reasons</summary>
          <ul className="reasons">{items.slice(SHOWN)}</ul>
        </details>
      )}
    </>
  );
}

/** The proven share, and the share if everything undecided counted, against the threshold of the rule. */
function Bounds({ claim: { lower, upper, threshold, mineral } }: { claim: Claim }): ReactNode {
  if (lower === undefined || upper === undefined) return null;
  const [low, high, needed] = [lower, upper, threshold ?? '0'].map(Number) as [number, number, number];
  const words =
    `${shareOf(low, 1)} proven` +
    (high > low ? `, ${shareOf(high, 1)} at most` : '') +
    (threshold === undefined ? '' : `; ${shareOf(needed, 1)} needed`);
  return (
    <span className="bounds">
      <svg width="120" height="10" role="img" aria-label={`${mineral ?? 'share'}: ${words}`}>
        <rect className="track" width="120" height="10" rx="3" />
        <rect className="upper" width={120 * Math.min(1, high)} height="10" rx="3" />
        <rect className="lower" width={120 * Math.min(1, low)} height="10" rx="3" />
        {threshold !== undefined && (
          <rect className="threshold" x={Math.min(118, 120 * needed)} width="2" height="10" />
        )}
      </svg>{' '}
      {words}
    </span>
  );
}

function sorted(claims: readonly Claim[]): Claim[] {
  return [...claims].sort((a, b) => WORST_FIRST.indexOf(a.verdict) - WORST_FIRST.indexOf(b.verdict));
}
