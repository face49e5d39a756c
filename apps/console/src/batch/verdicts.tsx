import { type ReactNode } from 'react';
import { type Claim, type Claims, type Programme } from '../api/answers.js';
import { shareOf, wordsOf } from '../format/format.js';
import { Verdict } from '../page/verdict.js';
import { merged, sentenceOf, titleOf, WORST_FIRST } from './verdict-words.js';

export interface VerdictsProps {
  readonly verdicts: readonly { readonly programme: Programme; readonly claims: Claims }[];
  /** The programme that the address names: open from the start. */
  readonly open: string | undefined;
  readonly choose: (programme: string | undefined) => void;
  readonly reasonOf: string | undefined;
  readonly setReasonOf: (batchId: string | undefined) => void;
}

/** A card a programme: its verdict and why. The claims of the one that is chosen stand below them. */
export function Verdicts({ verdicts, open, choose, reasonOf, setReasonOf }: VerdictsProps): ReactNode {
  const chosen = verdicts.find(({ programme }) => programme.id === open);
  return (
    <>
      <ul className="cards">
        {verdicts.map(({ programme: { id, title }, claims }) => (
          <li key={id} className="panel">
            <h3>
              {title} <Verdict verdict={claims.verdict} />
            </h3>
            <Reasons claims={claims} reasonOf={reasonOf} setReasonOf={setReasonOf} />
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
      <div id="claims">{chosen && <ClaimList title={chosen.programme.title} claims={chosen.claims.claims} />}</div>
    </>
  );
}

/** Claims, the worst first, below the clause of the programme that they come from. */
function ClaimList({ title, claims }: { title: string; claims: readonly Claim[] }): ReactNode {
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
                <Verdict verdict={claim.verdict} /> {titleOf(claim)}
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

function Reasons({
  claims,
  reasonOf,
  setReasonOf,
}: { claims: Claims } & Pick<VerdictsProps, 'reasonOf' | 'setReasonOf'>): ReactNode {
  return (
    <ul className="reasons">
      {merged(claims.reasons).map(({ reason, claims: about }) => {
        const { batchId } = reason;
        const isLit = batchId !== undefined && batchId === reasonOf;
        return (
          <li key={`${sentenceOf(reason)} ${about.join()}`}>
            {sentenceOf(reason)}{' '}
            <span className="quiet">
              {wordsOf(reason.claim)}
              {about.length > 1 || about[0] !== reason.claim ? `: ${about.map(wordsOf).join(', ')}` : ''}
            </span>{' '}
            {batchId !== undefined && (
              <button
                type="button"
                className="quiet no-print"
                aria-pressed={isLit}
                onClick={() => setReasonOf(isLit ? undefined : batchId)}
              >
                Show in the chain
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** The proven share and the share if all that is undeclared counted, against what the rule demands. */
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
