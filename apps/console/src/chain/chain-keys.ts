import { type ChainLayout, type ChainNode } from './chain-layout.js';

/**
 * The node that a key moves the focus to: arrow keys follow the widest flow left or right, or go up and down in the column;
 * Home goes to the first origin, End to the batch asked for.
 * @returns undefined for other keys, and where there is no node to go to
 */
export function nodeBeside({ nodes, flows }: ChainLayout, from: ChainNode, key: string): ChainNode | undefined {
  switch (key) {
    case 'ArrowLeft':
      return widest(flows.filter(({ to }) => to.key === from.key))?.from;
    case 'ArrowRight':
      return widest(flows.filter((flow) => flow.from.key === from.key))?.to;
    case 'ArrowUp':
    case 'ArrowDown': {
      const next = nodes[nodes.findIndex((node) => node.key === from.key) + (key === 'ArrowUp' ? -1 : 1)];
      return next?.column === from.column ? next : undefined;
    }
    case 'Home':
      return nodes[0];
    case 'End':
      return nodes.at(-1);
    default:
      return undefined;
  }
}

function widest<T extends { readonly width: number }>(flows: readonly T[]): T | undefined {
  return flows.reduce<T | undefined>(
    (best, flow) => (best === undefined || flow.width > best.width ? flow : best),
    undefined,
  );
}
