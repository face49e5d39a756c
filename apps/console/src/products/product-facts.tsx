import { type ReactNode } from 'react';
import { type Product, type Provenance } from '../api/answers.js';
import { type Answer } from '../api/use-answer.js';
import { countryOf, dayOf, idOf, massOf, tellableOf, wordsOf } from '../format/format.js';
import { Instant } from '../page/instant.js';
import { formatRoute } from '../routing/routes.js';
import { ScrollingTable } from '../page/scrolling-table.js';
import { ModelYearPanel } from './model-year.js';

interface ProductFactsProps {
  readonly batchId: string;
  readonly product: Product;
  readonly chain: Answer<Provenance>;
}

/** A product: what it is, where it was placed on the market, and its inputs. */
export function ProductFacts({ batchId, product, chain }: ProductFactsProps): ReactNode {
  const { kind, model, category, capacityWh, serial, plantSiteId, assembledAt, secondLife } = product;
  const { placedOnMarket, takenBackAt } = product;
  return (
    <section aria-labelledby="product">
      <h2 id="product">Product</h2>
      <dl>
        <dt>What</dt>
        <dd>
          {wordsOf(kind)}
          {category !== undefined && `, category ${category}`}
          {capacityWh !== undefined && `, ${(capacityWh / 1_000).toLocaleString()} kWh`}
          {secondLife && ', made from products taken back from the market'}
        </dd>
        <dt>Model</dt>
        <dd>{tellableOf(model) ?? 'not disclosed to you'}</dd>
        {tellableOf(serial) !== undefined && (
          <>
            <dt>Serial number</dt>
            <dd>{tellableOf(serial)}</dd>
          </>
        )}
        <dt>Assembled</dt>
        <dd>
          <Instant at={assembledAt} day /> at {idOf(plantSiteId)}
        </dd>
        <dt>On the market</dt>
        <dd>
          {placedOnMarket === undefined ? (
            'not placed on the market, or not disclosed to you'
          ) : (
            <>
              {countryOf(placedOnMarket.country)}, since {dayOf(placedOnMarket.date)}, from{' '}
              {idOf(placedOnMarket.siteId)}
              {tellableOf(placedOnMarket.by) !== undefined && `, by ${tellableOf(placedOnMarket.by)}`}
            </>
          )}
        </dd>
        {takenBackAt !== undefined && (
          <>
            <dt>Taken back</dt>
            <dd>
              <Instant at={takenBackAt} day />
            </dd>
          </>
        )}
      </dl>
      {chain.state === 'there' && <WentIn batchId={batchId} chain={chain.value} />}
      {tellableOf(model) !== undefined && !plantSiteId.includes('~') && (
        <ModelYearPanel
          model={tellableOf(model)!}
          plantSiteId={plantSiteId}
          year={Number((placedOnMarket?.date ?? assembledAt).slice(0, 4))}
        />
      )}
    </section>
  );
}

/** Inputs of the production run; the chain shows what is upstream of them. */
function WentIn({ batchId, chain }: { batchId: string; chain: Provenance }): ReactNode {
  const makings = chain.transformations.filter(({ outputs }) => outputs.some((output) => output.batchId === batchId));
  const materials = new Map(chain.batches.map(({ batchId: id, material }) => [id, material]));
  const inputs = makings.flatMap((making) => making.inputs);
  if (inputs.length === 0) return null;
  const made = makings.reduce((count, { outputs }) => count + outputs.length, 0);
  return (
    <ScrollingTable
      name="What went in"
      caption={
        made > 1 ? `What went in, for all ${made.toLocaleString()} products of the run together` : 'What went in'
      }
      columns={['Batch or product', 'Material', { heading: 'Gross mass', as: 'number' }]}
    >
      {inputs.map(({ batchId: id, grossGrams }, index) => (
        <tr key={index}>
          <th scope="row">
            <a href={formatRoute({ page: 'batch', batchId: id })}>{idOf(id)}</a>
          </th>
          <td>{wordsOf(materials.get(id) ?? '')}</td>
          <td className="number">{massOf(grossGrams)}</td>
        </tr>
      ))}
    </ScrollingTable>
  );
}
