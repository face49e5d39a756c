import { type Provenance } from '../api/answers.js';
import { foldChain, type Fold, type FoldBy, type Group, type Place } from './chain-folding.js';

/** A batch, or a group of batches, in the drawing of a chain. */
export interface ChainNode extends Readonly<Omit<Group, 'batchIds'>> {
  readonly batchIds: readonly string[];
  /** ISO 3166-1, of all its batches, as far as disclosed to the reader. */
  readonly country: string | undefined;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Mass that flows from one node to the next. */
export interface ChainFlow {
  readonly key: string;
  readonly from: ChainNode;
  readonly to: ChainNode;
  /** What the transformation took from `from`, divided among its outputs by mass. */
  readonly grossGrams: number;
  readonly process: string;
  readonly width: number;
  readonly fromY: number;
  readonly toY: number;
}

export interface ChainLayout {
  /** The level that is folded to, except where the reader has unfolded a group. */
  readonly by: FoldBy;
  /** By column from left to right, in each from top to bottom. */
  readonly nodes: readonly ChainNode[];
  readonly flows: readonly ChainFlow[];
  readonly columns: number;
  readonly width: number;
  readonly height: number;
}

/** Dimensions in pixels. A node has two lines of text, three for a group; the widest flow is as high as the tallest node. */
const NODE_WIDTH = 168;
const COLUMN_GAP = 96;
const ROW_GAP = 18;
const LOWEST_NODE = 44;
const LOWEST_FOLDED = 60;
const TALLEST_NODE = 120;
const THINNEST_FLOW = 1.5;
const MARGIN = 8;

interface Link {
  readonly from: Group;
  readonly to: Group;
  readonly process: string;
  grossGrams: number;
}

/**
 * Lays out a chain: one column per step, from the mines on the left to the batch asked for on the right; each column is
 * sorted by country, then by the sources of the flows. Linear in the size of the chain, except for the sorting.
 * @param places by site, as far as disclosed to the reader
 */
export function layOutChain(chain: Provenance, places: ReadonlyMap<string, Place>, fold: Fold): ChainLayout {
  const { by, groups } = foldChain(chain, columnsOf(chain), places, fold);
  const links = linksOf(chain, groups);
  return { by, ...placed([...new Set(groups.values())], links, places) };
}

/** For each batch, the length of its longest path to the batch asked for. */
function columnsOf({ batches, transformations }: Provenance): Map<string, number> {
  const steps = new Map(batches.map(({ batchId }) => [batchId, 0]));
  const inputsOf = new Map<string, string[]>();
  const uses = new Map<string, number>();
  for (const { inputs, outputs } of transformations) {
    const shown = inputs.map(({ batchId }) => batchId).filter((batchId) => steps.has(batchId));
    for (const { batchId } of outputs) {
      if (!steps.has(batchId)) continue;
      inputsOf.set(batchId, [...(inputsOf.get(batchId) ?? []), ...shown]);
      for (const input of shown) uses.set(input, 1 + (uses.get(input) ?? 0));
    }
  }
  // The column of a batch is final once those of all batches made from it are.
  const settled = batches.flatMap(({ batchId }) => (uses.has(batchId) ? [] : [batchId]));
  for (const batchId of settled) {
    for (const input of inputsOf.get(batchId) ?? []) {
      steps.set(input, Math.max(steps.get(input)!, steps.get(batchId)! + 1));
      const left = uses.get(input)! - 1;
      uses.set(input, left);
      if (left === 0) settled.push(input);
    }
  }
  const deepest = [...steps.values()].reduce((most, each) => Math.max(most, each), 0);
  return new Map([...steps].map(([batchId, each]) => [batchId, deepest - each]));
}

function linksOf({ transformations }: Provenance, groups: ReadonlyMap<string, Group>): Link[] {
  const links = new Map<Group, Map<Group, Link>>();
  for (const { inputs, outputs, process, kind } of transformations) {
    const shown = outputs.filter(({ batchId }) => groups.has(batchId));
    const whole = shown.reduce((sum, { grossGrams }) => sum + grossGrams, 0);
    for (const input of inputs) {
      const from = groups.get(input.batchId);
      if (!from) continue;
      const outOf = links.get(from) ?? new Map<Group, Link>();
      links.set(from, outOf);
      for (const output of shown) {
        const to = groups.get(output.batchId)!;
        if (to === from) continue;
        const link = outOf.get(to) ?? { from, to, process: process ?? kind, grossGrams: 0 };
        link.grossGrams += whole === 0 ? 0 : (input.grossGrams * output.grossGrams) / whole;
        outOf.set(to, link);
      }
    }
  }
  return [...links.values()].flatMap((outOf) => [...outOf.values()]);
}

function placed(
  groups: readonly Group[],
  links: readonly Link[],
  places: ReadonlyMap<string, Place>,
): Omit<ChainLayout, 'by'> {
  const most = groups.reduce((heaviest, { grossGrams }) => Math.max(heaviest, grossGrams), 1);
  const columns = 1 + groups.reduce((last, { column }) => Math.max(last, column), 0);
  const inColumn = Array.from({ length: columns }, (): Group[] => []);
  for (const group of groups) inColumn[group.column]!.push(group);
  const sources = new Map<Group, Group[]>();
  for (const { from, to } of links) {
    const there = sources.get(to);
    if (there === undefined) sources.set(to, [from]);
    else there.push(from);
  }
  const flowing = flowingThrough(links, most);

  const nodes = new Map<Group, ChainNode>();
  let height = 0;
  inColumn.forEach((there, column) => {
    const middleOfSources = (group: Group): number => {
      const from = (sources.get(group) ?? []).flatMap((source) => nodes.get(source) ?? []);
      return from.length === 0 ? 0 : from.reduce((sum, { y, height }) => sum + y + height / 2, 0) / from.length;
    };
    const rows = there
      .map((group) => ({ group, country: places.get(group.siteId ?? '')?.country, middle: middleOfSources(group) }))
      .sort((a, b) => inOrder(a.country ?? '', b.country ?? '') || a.middle - b.middle);
    let y = MARGIN;
    for (const { group, country } of rows) {
      const lowest = group.batchIds.length > 1 ? LOWEST_FOLDED : LOWEST_NODE;
      const nodeHeight = Math.max(lowest, TALLEST_NODE * (group.grossGrams / most), flowing.get(group) ?? 0);
      const x = MARGIN + column * (NODE_WIDTH + COLUMN_GAP);
      nodes.set(group, { ...group, country, x, y, width: NODE_WIDTH, height: nodeHeight });
      y += nodeHeight + ROW_GAP;
    }
    height = Math.max(height, y);
  });
  return {
    nodes: [...nodes.values()],
    flows: flowsBetween(nodes, links, most),
    columns,
    width: 2 * MARGIN + columns * NODE_WIDTH + (columns - 1) * COLUMN_GAP,
    height: height + MARGIN,
  };
}

/** A node is as high as the flows that enter or leave it. */
function flowingThrough(links: readonly Link[], most: number): ReadonlyMap<Group, number> {
  const flowing = new Map<Group, number>();
  for (const end of ['from', 'to'] as const) {
    const sums = new Map<Group, number>();
    for (const link of links) sums.set(link[end], flowWidth(link, most) + (sums.get(link[end]) ?? 0));
    for (const [group, sum] of sums) flowing.set(group, Math.max(sum, flowing.get(group) ?? 0));
  }
  return flowing;
}

function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function flowWidth({ grossGrams }: Link, most: number): number {
  return Math.max(THINNEST_FLOW, (TALLEST_NODE * grossGrams) / most);
}

/** Flows are stacked around the middle of a node, in the order of their other ends. */
function flowsBetween(nodes: ReadonlyMap<Group, ChainNode>, links: readonly Link[], most: number): ChainFlow[] {
  const flows = links
    .map((link) => {
      return { ...link, from: nodes.get(link.from)!, to: nodes.get(link.to)!, width: flowWidth(link, most) };
    })
    .sort((a, b) => a.from.y - b.from.y || a.to.y - b.to.y);
  const leaving = new Bundles();
  const entering = new Bundles();
  for (const { from, to, width } of flows) {
    leaving.widen(from, width);
    entering.widen(to, width);
  }
  return flows.map(({ from, to, width, grossGrams, process }) => ({
    key: `${from.key}→${to.key}`,
    from,
    to,
    width,
    grossGrams,
    process,
    fromY: leaving.middleOfNext(from, width),
    toY: entering.middleOfNext(to, width),
  }));
}

/** Total width of the flows at one side of each node, and how much of it is placed already. */
class Bundles {
  readonly #whole = new Map<ChainNode, number>();
  readonly #taken = new Map<ChainNode, number>();

  widen(node: ChainNode, width: number): void {
    this.#whole.set(node, width + (this.#whole.get(node) ?? 0));
  }

  middleOfNext(node: ChainNode, width: number): number {
    const before = this.#taken.get(node) ?? 0;
    this.#taken.set(node, before + width);
    return node.y + node.height / 2 - this.#whole.get(node)! / 2 + before + width / 2;
  }
}

/** The batches on a shortest path from one batch to the batch asked for, both included: those that a reason highlights. */
export function wayFrom(batchId: string, { batches, transformations }: Provenance): ReadonlySet<string> {
  const target = batches[0]?.batchId;
  const before = new Map<string, string | undefined>([[batchId, undefined]]);
  const usedIn = new Map<string, string[]>();
  for (const { inputs, outputs } of transformations) {
    for (const input of inputs) {
      const into = usedIn.get(input.batchId) ?? [];
      usedIn.set(input.batchId, into);
      for (const output of outputs) into.push(output.batchId);
    }
  }
  for (const at of before.keys()) {
    if (at === target) break;
    for (const after of usedIn.get(at) ?? []) if (!before.has(after)) before.set(after, at);
  }
  if (target === undefined || !before.has(target)) return new Set([batchId]);
  const way = new Set<string>();
  for (let at: string | undefined = target; at !== undefined; at = before.get(at)) way.add(at);
  return way;
}
