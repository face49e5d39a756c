import { useState, type ReactNode } from 'react';
import { type ModelYear, type RecycledShares } from '../api/answers.js';
import { useAnswer } from '../api/use-answer.js';
import { titleOf } from '../batch/verdict-words.js';
import { massOf, shareOf, wordsOf } from '../format/format.js';
import { OnRequest } from '../page/on-request.js';
import { Verdict } from '../page/verdict.js';
import { Waiting } from '../page/waiting.js';
import { ScrollingTable } from '../page/scrolling-table.js';

interface ModelYearProps {
  readonly model: string;
  readonly plantSiteId: string;
  /** The year that is offered first. */
  readonly year: number;
}

/** Recycled content of all products of a model that left a plant in a year, loaded on request. */
export function ModelYearPanel({ model, plantSiteId, year: first }: ModelYearProps): ReactNode {
  const [year, setYear] = useState(first);
  return (
    <OnRequest id="model-year" title="Recycled content of the model">
      <p>
        <label htmlFor="model-year-of">Left the plant in </label>
        <input
          id="model-year-of"
          type="number"
          min={2000}
          max={2100}
          value={year}
          onChange={({ target }) => setYear(Number(target.value))}
        />
      </p>
      {/^\d{4}$/.test(String(year)) ? (
        <Shares path={pathOf(model, plantSiteId, year)} />
      ) : (
        <p role="status">Enter a year with four digits.</p>
      )}
    </OnRequest>
  );
}

function pathOf(model: string, plantSiteId: string, year: number): string {
  const query = new URLSearchParams({ plant: plantSiteId, year: String(year) });
  return `/v1/models/${encodeURIComponent(model)}/recycled-content?${query.toString()}`;
}

function Shares({ path }: { path: string }): ReactNode {
  const answer = useAnswer<ModelYear>(path);
  if (answer.state !== 'there') return <Waiting answer={answer} what="product of that model, plant and year" />;
  const { model, year, products, complete, shares, verdict, parts = [] } = answer.value;
  return (
    <>
      <p>
        {products === 1 ? '1 product' : `${products.toLocaleString()} products`} of {model} that left the plant in{' '}
        {year}
        {complete ? '' : '; only those visible to you: there may be others, so there is no verdict'}.
        {verdict !== undefined && (
          <>
            {' '}
            Together <Verdict verdict={verdict} />.
          </>
        )}
      </p>
      {shares.length > 0 && <SharesTable shares={shares} />}
      {parts.map((part, index) => (
        <section key={index} className="panel" aria-label={`Part ${index + 1}`}>
          <p>
            {part.products.toLocaleString()} under the law of {part.rulesAt.slice(0, 10)}
            {part.notPlaced > 0 && `, ${part.notPlaced.toLocaleString()} of them not on the market yet`}:{' '}
            <Verdict verdict={part.verdict} />
          </p>
          <ul className="claims">
            {part.claims.map((claim) => (
              <li key={titleOf(claim)} title={claim.citation}>
                <Verdict verdict={claim.verdict} /> {titleOf(claim)}
                {claim.act !== undefined && <span className="quiet"> awaits {claim.act}</span>}
              </li>
            ))}
          </ul>
          <ul className="reasons">
            {part.explanations.map(({ sentence }) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

/** Proven and possible shares of each mineral, and of each class of recycled material. */
function SharesTable({ shares }: { shares: ModelYear['shares'] }): ReactNode {
  return (
    <ScrollingTable
      name="Recycled content"
      columns={[
        'Mineral',
        { heading: 'Proven', as: 'number' },
        { heading: 'At most', as: 'number' },
        { heading: 'Of', as: 'number' },
      ]}
    >
      {shares.map(({ mineral, classes, ...whole }) => [
        <Row key={mineral} name={mineral} share={whole} />,
        ...classes.map(({ class: kind, ...share }) => (
          <Row key={`${mineral} ${kind}`} name={`${mineral}: ${wordsOf(kind)}`} share={share} />
        )),
      ])}
    </ScrollingTable>
  );
}

type ShareRange = Pick<RecycledShares, 'lower' | 'upper' | 'milligrams'>;

function Row({ name, share: { lower, upper, milligrams } }: { name: string; share: ShareRange }): ReactNode {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className="number">{shareOf(Number(lower), 1)}</td>
      <td className="number">{shareOf(Number(upper), 1)}</td>
      <td className="number">{massOf(milligrams / 1_000)}</td>
    </tr>
  );
}
