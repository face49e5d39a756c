import { useState, type ReactNode } from 'react';
import { type Provenance } from '../api/answers.js';
import { idOf, wordsOf } from '../format/format.js';
import { Instant } from '../page/instant.js';
import { ScrollingTable } from '../page/scrolling-table.js';

const WIDTH = 400;
/** Rows shown before the reader asks for all. */
const SHOWN = 60;

interface Happening {
  readonly key: string;
  readonly what: string;
  readonly where: string;
  readonly from: string;
  readonly until: string;
}

/** Transformations and hops on a common time axis. */
export function Hops({ chain: { hops, transformations } }: { chain: Provenance }): ReactNode {
  const [isWhole, setWhole] = useState(false);
  const happenings: Happening[] = [
    ...hops.map(({ shipmentId, batchId, consignorSiteId, consigneeSiteId, dispatchedAt, receivedAt, status }) => ({
      key: `${shipmentId} ${batchId}`,
      what: `${wordsOf(status)}: ${idOf(batchId)}`,
      where: `${idOf(consignorSiteId)} → ${idOf(consigneeSiteId)}`,
      from: dispatchedAt,
      until: receivedAt ?? dispatchedAt,
    })),
    ...transformations.map(({ eventId, process, kind, siteId, occurredAt, outputs }) => ({
      key: eventId,
      what: `${process ?? kind}: ${outputs.map(({ batchId }) => idOf(batchId)).join(', ')}`,
      where: idOf(siteId),
      from: occurredAt,
      until: occurredAt,
    })),
  ].sort((a, b) => (a.from < b.from ? -1 : 1));
  if (happenings.length === 0) return null;
  const first = Date.parse(happenings[0]!.from);
  const last = happenings.reduce((latest, { until }) => Math.max(latest, Date.parse(until)), first + 1);
  const x = (instant: string): number => (WIDTH * (Date.parse(instant) - first)) / (last - first);
  return (
    <>
      <h2>Hops and transformations</h2>
      <ScrollingTable name="Hops in time" columns={['When', 'What', 'Where', { heading: 'In time', as: 'axis' }]}>
        {(isWhole ? happenings : happenings.slice(0, SHOWN)).map(({ key, what, where, from, until }) => (
          <tr key={key}>
            <td>
              <Instant at={from} day />
              {until !== from && (
                <>
                  {' – '}
                  <Instant at={until} day />
                </>
              )}
            </td>
            <th scope="row">{what}</th>
            <td>{where}</td>
            <td className="axis">
              <svg viewBox={`0 0 ${WIDTH} 12`} preserveAspectRatio="none" aria-hidden="true">
                <rect className="track" y={5} width={WIDTH} height={2} />
                <rect className="span" x={x(from)} width={Math.max(4, x(until) - x(from))} height={12} rx={2} />
              </svg>
            </td>
          </tr>
        ))}
      </ScrollingTable>
      {!isWhole && happenings.length > SHOWN && (
        <button type="button" className="no-print" onClick={() => setWhole(true)}>
          Show all {happenings.length.toLocaleString()}
        </button>
      )}
    </>
  );
}
