import { memo, type ReactNode } from 'react';
import { dayOf, idOf, massOf, wordsOf } from '../format/format.js';
import { type ChainFlow, type ChainNode } from './chain-layout.js';

/** A flow, as wide as its mass. */
export const Flow = memo(function Flow({ flow, isLit }: { flow: ChainFlow; isLit: boolean }): ReactNode {
  const { from, to, fromY, toY, width } = flow;
  const left = from.x + from.width;
  const middle = (left + to.x) / 2;
  return (
    <path
      className={isLit ? 'flow lit' : 'flow'}
      d={`M${left},${fromY} C${middle},${fromY} ${middle},${toY} ${to.x},${toY}`}
      strokeWidth={width}
    >
      <title>{`${flow.process}: ${massOf(flow.grossGrams)}`}</title>
    </path>
  );
});

interface NodeProps {
  readonly node: ChainNode;
  readonly isAsked: boolean;
  readonly isLit: boolean;
  /** Whether the keyboard focus goes to this node. */
  readonly isCurrent: boolean;
}

/** A batch, or a group of batches. The drawing decides what opening it does. */
export const Node = memo(function Node({ node, isAsked, isLit, isCurrent }: NodeProps): ReactNode {
  const { key, batchIds, x, y, width, height } = node;
  const isFolded = batchIds.length > 1;
  const lines = linesOf(node);
  const shown = lines.slice(0, height >= 60 ? 3 : 2);
  return (
    <g
      className={`node${isAsked ? ' asked' : ''}${isLit ? ' lit' : ''}${isFolded ? ' folded' : ''}`}
      transform={`translate(${x},${y})`}
      role="button"
      tabIndex={isCurrent ? 0 : -1}
      data-node={key}
      aria-expanded={isFolded ? false : undefined}
    >
      <title>{lines.join('\n')}</title>
      <rect width={width} height={height} rx={6} />
      {shown.map((line, index) => (
        <text key={index} x={10} y={17 + 15.5 * index} className={index === 0 ? 'name' : undefined}>
          {cut(line, index === 0 ? 20 : 25)}
        </text>
      ))}
    </g>
  );
});

/** Name; mass and place; material, and for a group the process and its dates. */
function linesOf({
  by,
  batchIds,
  material,
  siteId,
  organisationId,
  country,
  process,
  grossGrams,
  from,
  until,
}: ChainNode) {
  const isFolded = batchIds.length > 1;
  const name = isFolded ? `${batchIds.length.toLocaleString()} batches` : idOf(batchIds[0]!);
  const mass = massOf(grossGrams);
  if (!isFolded || by === 'site') return [name, `${mass} · ${placeOf(siteId, country)}`, material];
  const days = daysOf(from, until);
  if (by === 'campaign') {
    return [
      name,
      `${mass} · ${placeOf(siteId, country)}`,
      [days, wordsOf(process ?? material)].filter(Boolean).join(' · '),
    ];
  }
  const whose = organisationId === undefined ? siteId && placeOf(siteId, country) : idOf(organisationId);
  return [name, by === 'organisation' && whose ? `${mass} · ${whose}` : mass, material];
}

function placeOf(siteId: string | undefined, country: string | undefined): string {
  const place = siteId === undefined ? 'site not disclosed to you' : idOf(siteId);
  return country === undefined ? place : `${place}, ${country}`;
}

function daysOf(from: string | undefined, until: string | undefined): string {
  if (from === undefined || until === undefined) return '';
  return from.slice(0, 10) === until.slice(0, 10) ? dayOf(from) : `${dayOf(from)} – ${dayOf(until)}`;
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
