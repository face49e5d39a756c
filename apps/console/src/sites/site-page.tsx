import { lazy, Suspense, useCallback, useState, type ReactNode } from 'react';
import { type Batch, type Page, type Shipment, type Site } from '../api/answers.js';
import { useAnswer } from '../api/use-answer.js';
import { countryOf, idOf, massOf, wordsOf } from '../format/format.js';
import { Instant } from '../page/instant.js';
import { Waiting } from '../page/waiting.js';
import { formatRoute } from '../routing/routes.js';
import { ScrollingTable } from '../page/scrolling-table.js';
import { ReceiveForm } from './receive-form.js';

// Both load the rules of custody, which the other pages do not need.
const TransformForm = lazy(async () => ({ default: (await import('./transform-form.js')).TransformForm }));
const ImportDrop = lazy(async () => ({ default: (await import('./import-drop.js')).ImportDrop }));

/** A site: its holdings, its incoming and outgoing shipments, receipts with the condition of labels. */
export function SitePage({ siteId }: { siteId: string }): ReactNode {
  const path = `/v1/sites/${encodeURIComponent(siteId)}`;
  const site = useAnswer<Site>(path);
  const holdings = useAnswer<Page<Batch>>(`${path}/holdings?limit=500`);
  const incoming = useAnswer<Page<Shipment>>(`${path}/shipments?direction=in&limit=100`);
  const outgoing = useAnswer<Page<Shipment>>(`${path}/shipments?direction=out&limit=100`);
  const refresh = useCallback(() => {
    for (const answer of [holdings, incoming, outgoing]) if (answer.state === 'there') answer.again();
  }, [holdings, incoming, outgoing]);
  if (site.state !== 'there') return <Waiting answer={site} what="site" />;
  const { name, country, activities, hold } = site.value;
  return (
    <article>
      <h1>{idOf(siteId)}</h1>
      <p className="facts">
        {typeof name === 'string' ? name : 'name withheld'} · {countryOf(country)} ·{' '}
        {activities.map(wordsOf).join(', ')}
        {hold !== undefined && <strong> · held by authority</strong>}
      </p>
      <p className="no-print">
        <a href={formatRoute({ page: 'docket', about: siteId })}>Raise a concern about this site</a>
      </p>
      <h2>Incoming</h2>
      {incoming.state === 'there' ? (
        <Shipments
          shipments={incoming.value.items}
          other="consignorSiteId"
          empty="No shipment is on its way here, and none has come."
          act={(shipment) => <ReceiveForm siteId={siteId} shipment={shipment} done={refresh} />}
        />
      ) : (
        <Waiting answer={incoming} what="shipments" />
      )}
      <h2>At the site</h2>
      {holdings.state === 'there' ? (
        <Holdings batches={holdings.value.items} />
      ) : (
        <Waiting answer={holdings} what="holdings" />
      )}
      <Recording title="Record a transformation">
        {holdings.state === 'there' && (
          <Suspense fallback={<p role="status">Loading the rules …</p>}>
            <TransformForm site={site.value} holdings={holdings.value.items} done={refresh} />
          </Suspense>
        )}
      </Recording>
      <Recording title="Import a file">
        <Suspense fallback={<p role="status">Loading the commands …</p>}>
          <ImportDrop siteId={siteId} done={refresh} />
        </Suspense>
      </Recording>
      <h2>Outgoing</h2>
      {outgoing.state === 'there' ? (
        <Shipments shipments={outgoing.value.items} other="consigneeSiteId" empty="No shipment has left this site." />
      ) : (
        <Waiting answer={outgoing} what="shipments" />
      )}
    </article>
  );
}

/** A form that the reader opens when it is needed. */
function Recording({ title, children }: { title: string; children: ReactNode }): ReactNode {
  const [isOpen, setOpen] = useState(false);
  return (
    <section className="recording no-print" aria-label={title}>
      <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {title}
      </button>
      {isOpen && children}
    </section>
  );
}

function Holdings({ batches }: { batches: readonly Batch[] }): ReactNode {
  if (batches.length === 0) return <p className="panel">No batches at this site are visible to you.</p>;
  return (
    <ScrollingTable name="Holdings" columns={['Batch', 'Material', 'Labels', { heading: 'Gross mass', as: 'number' }]}>
      {batches.map(({ batchId, material, labels, grossGrams, held }) => (
        <tr key={batchId}>
          <th scope="row">
            <a href={formatRoute({ page: 'batch', batchId })}>{idOf(batchId)}</a>
          </th>
          <td>
            {wordsOf(material)}
            {held && <strong> · held</strong>}
          </td>
          <td>{labels.map(({ labelId }) => idOf(labelId)).join(', ') || 'none'}</td>
          <td className="number">{massOf(grossGrams)}</td>
        </tr>
      ))}
    </ScrollingTable>
  );
}

interface ShipmentsProps {
  readonly shipments: readonly Shipment[];
  readonly other: 'consignorSiteId' | 'consigneeSiteId';
  readonly empty: string;
  readonly act?: (shipment: Shipment) => ReactNode;
}

/** Shipments in transit first. */
function Shipments({ shipments, other, empty, act }: ShipmentsProps): ReactNode {
  const [open, setOpen] = useState<string>();
  if (shipments.length === 0) return <p className="panel">{empty}</p>;
  const underWay = ({ status }: Shipment): number => (status === 'in-transit' ? 0 : 1);
  const sorted = [...shipments].sort(
    (a, b) => underWay(a) - underWay(b) || b.dispatchedAt.localeCompare(a.dispatchedAt),
  );
  return (
    <ul className="cards">
      {sorted.map((shipment) => {
        const { shipmentId, status, batchIds, dispatchedAt, settledAt, held } = shipment;
        const canAct = act !== undefined && status === 'in-transit';
        return (
          <li key={shipmentId} className="panel">
            <h3>
              {idOf(shipmentId)} <span className="tag">{wordsOf(status)}</span>
              {held && <span className="tag">held</span>}
            </h3>
            <p>
              {other === 'consignorSiteId' ? 'From' : 'To'} {idOf(shipment[other])}, sent{' '}
              <Instant at={dispatchedAt} day />
              {settledAt !== undefined && (
                <>
                  , {wordsOf(status)} <Instant at={settledAt} day />
                </>
              )}
              : {batchIds.map(idOf).join(', ')}
            </p>
            {canAct && (
              <button
                type="button"
                aria-expanded={open === shipmentId}
                onClick={() => setOpen(open === shipmentId ? undefined : shipmentId)}
              >
                Receive
              </button>
            )}
            {canAct && open === shipmentId && act(shipment)}
          </li>
        );
      })}
    </ul>
  );
}
