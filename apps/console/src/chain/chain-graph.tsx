import { useMemo, useState, type KeyboardEvent, type ReactNode } from 'react';
import { type Provenance } from '../api/answers.js';
import { idOf, massOf } from '../format/format.js';
import { go } from '../routing/use-route.js';
import { layOutChain, type ChainFlow, type ChainNode } from './chain-layout.js';

export interface ChainGraphProps {
  readonly chain: Provenance;
  /** ISO 3166-1 codes by site, of the sites that the reader may know. */
  readonly countries: ReadonlyMap<string, string>;
  readonly programme: string | undefined;
  /** Batches of the reason that is looked at. */
  readonly lit: ReadonlySet<string>;
}

/** A chain as a drawing: batches by stage and country, what flows between them as wide as its mass. */
export function ChainGraph({ chain, countries, programme, lit }: ChainGraphProps): ReactNode {
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const layout = useMemo(
    () => layOutChain(chain, (siteId) => countries.get(siteId ?? '') ?? '', unfolded),
    [chain, countries, unfolded],
  );
  const asked = chain.batches[0]?.batchId;

  const open = (node: ChainNode): void => {
    if (node.batchIds.length > 1) setUnfolded(new Set([...unfolded, node.key]));
    else if (node.batchIds[0] !== asked) {
      go({ page: 'batch', batchId: node.batchIds[0]!, ...(programme !== undefined && { programme }) });
    }
  };
  const isLit = (node: ChainNode): boolean => node.batchIds.some((batchId) => lit.has(batchId));

  return (
    <div className="chain" tabIndex={0} role="region" aria-label="Chain of custody, scrolls">
      <svg
        width={layout.width}
        height={layout.height}
        viewBox={`0 0 ${layout.width} ${layout.height}`}
        className={lit.size > 0 ? 'has-lit' : undefined}
        role="group"
        aria-label={`${chain.batches.length} batches in ${layout.columns} stages`}
      >
        {layout.flows.map((flow) => (
          <Flow key={flow.key} flow={flow} lit={isLit(flow.from) && isLit(flow.to)} />
        ))}
        {layout.nodes.map((node) => (
          <Node
            key={node.key}
            node={node}
            country={countries.get(node.siteId ?? '')}
            asked={node.batchIds[0] === asked}
            lit={isLit(node)}
            open={open}
          />
        ))}
      </svg>
    </div>
  );
}

function Flow({ flow, lit }: { flow: ChainFlow; lit: boolean }): ReactNode {
  const { from, to, fromY, toY, width } = flow;
  const left = from.x + from.width;
  const middle = (left + to.x) / 2;
  return (
    <path
      className={lit ? 'flow lit' : 'flow'}
      d={`M${left},${fromY} C${middle},${fromY} ${middle},${toY} ${to.x},${toY}`}
      strokeWidth={width}
    >
      <title>{`${flow.process}: ${massOf(flow.grossGrams)}`}</title>
    </path>
  );
}

interface NodeProps {
  readonly node: ChainNode;
  readonly country: string | undefined;
  readonly asked: boolean;
  readonly lit: boolean;
  readonly open: (node: ChainNode) => void;
}

function Node({ node, country, asked, lit, open }: NodeProps): ReactNode {
  const { batchIds, material, siteId, x, y, width, height } = node;
  const name = batchIds.length > 1 ? `${batchIds.length} batches` : idOf(batchIds[0]!);
  const place = siteId === undefined ? 'site not shown to you' : idOf(siteId);
  const where = country === undefined ? place : `${place}, ${country}`;
  const lines = [cut(name, 20), cut(`${massOf(node.grossGrams)} · ${where}`, 24)];
  if (height >= 60) lines.push(cut(material, 24));
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    open(node);
  };
  return (
    <g
      className={`node${asked ? ' asked' : ''}${lit ? ' lit' : ''}${batchIds.length > 1 ? ' folded' : ''}`}
      transform={`translate(${x},${y})`}
      role="button"
      tabIndex={0}
      onClick={() => open(node)}
      onKeyDown={onKeyDown}
    >
      <rect width={width} height={height} rx={6} />
      {lines.map((line, index) => (
        <text key={index} x={10} y={17 + 15.5 * index} className={index === 0 ? 'name' : undefined}>
          {`${line} `}
        </text>
      ))}
    </g>
  );
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
