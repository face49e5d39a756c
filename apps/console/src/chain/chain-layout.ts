import { type Provenance } from '../api/answers.js';

/** A batch, or several folded into one, in the drawing of a chain. */
export interface ChainNode {
  readonly key: string;
  readonly batchIds: readonly string[];
  readonly material: string;
  /** Where the batch was made; undefined of a root whose registration is not in the answer. */
  readonly siteId: string | undefined;
  /** Steps before the batch that was asked for, which has column {@link ChainLayout.columns} − 1. */
  readonly column: number;
  readonly grossGrams: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What flows from one node into the next. */
export interface ChainFlow {
  readonly key: string;
  readonly from: ChainNode;
  readonly to: ChainNode;
  /** What the transformation took of `from`, shared over its outputs by mass. */
  readonly grossGrams: number;
  readonly process: string;
  readonly width: number;
  readonly fromY: number;
  readonly toY: number;
}

export interface ChainLayout {
  readonly nodes: readonly ChainNode[];
  readonly flows: readonly ChainFlow[];
  readonly columns: number;
  readonly width: number;
  readonly height: number;
}

/** Pixels of the drawing. A node shows two lines of text; the widest flow is as high as the tallest node. */
const NODE_WIDTH = 168;
const COLUMN_GAP = 96;
const ROW_GAP = 18;
const LOWEST_NODE = 44;
const TALLEST_NODE = 120;
const THINNEST_FLOW = 1.5;
const MARGIN = 8;

/** Beyond this many batches those of one site and material in one column are drawn as one. */
export const FOLD_FROM = 60;

interface Group {
  readonly key: string;
  readonly batchIds: string[];
  readonly material: string;
  readonly siteId: string | undefined;
  readonly column: number;
  grossGrams: number;
}

interface Link {
  readonly from: Group;
  readonly to: Group;
  readonly process: string;
  grossGrams: number;
}

/**
 * Places a chain: a column a step, from the mines at the left to the batch asked for at the right, in each column sorted by
 * country and then by where its flows come from. Linear in the chain but for the sorting.
 * @param unfolded keys of folded nodes that are to be drawn batch by batch
 */
export function layOutChain(
  chain: Provenance,
  countryOf: (siteId: string | undefined) => string,
  unfolded: ReadonlySet<string>,
): ChainLayout {
  const columns = columnsOf(chain);
  const groups = groupsOf(chain, columns, unfolded);
  const links = linksOf(chain, groups);
  return placed([...new Set(groups.values())], links, countryOf);
}

/** Of each batch, its longest way to the batch asked for, counted from the other end. */
function columnsOf({ batches, transformations }: Provenance): Map<string, number> {
  const stepsOf = new Map(batches.map(({ batchId }) => [batchId, 0]));
  const makings = new Map<string, string[][]>();
  for (const { inputs, outputs } of transformations) {
    const into = inputs.map(({ batchId }) => batchId);
    for (const { batchId } of outputs) makings.set(batchId, [...(makings.get(batchId) ?? []), into]);
  }
  // Batches come nearest first: one pass in that order settles all but what is used at several depths, and those later ones
  // settle in as many further passes as they lie deeper.
  for (let changed = true, passes = 0; changed && passes <= batches.length; passes++) {
    changed = false;
    for (const { batchId } of batches) {
      const steps = stepsOf.get(batchId)! + 1;
      for (const input of (makings.get(batchId) ?? []).flat()) {
        if (!stepsOf.has(input) || stepsOf.get(input)! >= steps || steps > batches.length) continue;
        stepsOf.set(input, steps);
        changed = true;
      }
    }
  }
  const deepest = Math.max(0, ...stepsOf.values());
  return new Map([...stepsOf].map(([batchId, steps]) => [batchId, deepest - steps]));
}

function groupsOf(
  { batches, transformations }: Provenance,
  columns: ReadonlyMap<string, number>,
  unfolded: ReadonlySet<string>,
): Map<string, Group> {
  const made = new Map<string, { siteId: string; grossGrams: number }>();
  const used = new Map<string, { siteId: string; grossGrams: number }>();
  for (const { siteId, inputs, outputs } of transformations) {
    for (const { batchId, grossGrams } of outputs) made.set(batchId, { siteId, grossGrams });
    for (const { batchId, grossGrams } of inputs) {
      used.set(batchId, { siteId, grossGrams: grossGrams + (used.get(batchId)?.grossGrams ?? 0) });
    }
  }
  const folds = batches.length > FOLD_FROM;
  const byKey = new Map<string, Group>();
  const byBatch = new Map<string, Group>();
  for (const { batchId, material, siteId, grossGrams } of batches) {
    const column = columns.get(batchId)!;
    const at = made.get(batchId)?.siteId ?? siteId ?? used.get(batchId)?.siteId;
    const folded = JSON.stringify([column, at ?? '', material]);
    const key = folds && !unfolded.has(folded) ? folded : batchId;
    const group = byKey.get(key) ?? { key, batchIds: [], material, siteId: at, column, grossGrams: 0 };
    group.batchIds.push(batchId);
    // What it weighed when it was made, or what is known to have been of it.
    group.grossGrams += made.get(batchId)?.grossGrams ?? Math.max(grossGrams, used.get(batchId)?.grossGrams ?? 0);
    byKey.set(key, group);
    byBatch.set(batchId, group);
  }
  return byBatch;
}

function linksOf({ transformations }: Provenance, groups: ReadonlyMap<string, Group>): Link[] {
  const links = new Map<string, Link>();
  for (const { inputs, outputs, process, kind } of transformations) {
    const shown = outputs.filter(({ batchId }) => groups.has(batchId));
    const whole = shown.reduce((sum, { grossGrams }) => sum + grossGrams, 0);
    for (const input of inputs) {
      const from = groups.get(input.batchId);
      if (!from) continue;
      for (const output of shown) {
        const to = groups.get(output.batchId)!;
        if (to === from) continue;
        const key = JSON.stringify([from.key, to.key]);
        const link = links.get(key) ?? { from, to, process: process ?? kind, grossGrams: 0 };
        link.grossGrams += whole === 0 ? 0 : (input.grossGrams * output.grossGrams) / whole;
        links.set(key, link);
      }
    }
  }
  return [...links.values()];
}

function placed(
  groups: readonly Group[],
  links: readonly Link[],
  countryOf: (siteId: string | undefined) => string,
): ChainLayout {
  const most = Math.max(1, ...groups.map(({ grossGrams }) => grossGrams));
  const columns = 1 + Math.max(0, ...groups.map(({ column }) => column));
  const sources = new Map<Group, Link[]>();
  for (const link of links) sources.set(link.to, [...(sources.get(link.to) ?? []), link]);

  // A node is as high as what enters or leaves it is wide.
  const flowing = new Map<Group, number>();
  for (const end of ['from', 'to'] as const) {
    const sums = new Map<Group, number>();
    for (const link of links) sums.set(link[end], flowWidth(link, most) + (sums.get(link[end]) ?? 0));
    for (const [group, sum] of sums) flowing.set(group, Math.max(sum, flowing.get(group) ?? 0));
  }

  const nodes = new Map<Group, ChainNode>();
  let height = 0;
  for (let column = 0; column < columns; column++) {
    const middleOfSources = (group: Group): number => {
      const from = (sources.get(group) ?? []).flatMap(({ from }) => nodes.get(from) ?? []);
      return from.length === 0 ? 0 : from.reduce((sum, { y, height }) => sum + y + height / 2, 0) / from.length;
    };
    const rows = groups
      .filter((group) => group.column === column)
      .map((group) => ({ group, country: countryOf(group.siteId), middle: middleOfSources(group) }))
      .sort((a, b) => a.country.localeCompare(b.country) || a.middle - b.middle);
    let y = MARGIN;
    for (const { group } of rows) {
      const nodeHeight = Math.max(LOWEST_NODE, TALLEST_NODE * (group.grossGrams / most), flowing.get(group) ?? 0);
      const x = MARGIN + column * (NODE_WIDTH + COLUMN_GAP);
      nodes.set(group, { ...group, x, y, width: NODE_WIDTH, height: nodeHeight });
      y += nodeHeight + ROW_GAP;
    }
    height = Math.max(height, y);
  }
  return {
    nodes: [...nodes.values()],
    flows: flowsBetween(nodes, links, most),
    columns,
    width: 2 * MARGIN + columns * NODE_WIDTH + (columns - 1) * COLUMN_GAP,
    height: height + MARGIN,
  };
}

function flowWidth({ grossGrams }: Link, most: number): number {
  return Math.max(THINNEST_FLOW, (TALLEST_NODE * grossGrams) / most);
}

/** Flows leave and enter a node one below the other about its middle, in the order of where they go. */
function flowsBetween(nodes: ReadonlyMap<Group, ChainNode>, links: readonly Link[], most: number): ChainFlow[] {
  const flows = links
    .map((link) => {
      return { ...link, from: nodes.get(link.from)!, to: nodes.get(link.to)!, width: flowWidth(link, most) };
    })
    .sort((a, b) => a.from.y - b.from.y || a.to.y - b.to.y);
  const bundles = new Map<string, number>();
  for (const { from, to, width } of flows) {
    for (const end of [`out ${from.key}`, `in ${to.key}`]) bundles.set(end, width + (bundles.get(end) ?? 0));
  }
  const taken = new Map<string, number>();
  const middleAt = (end: string, { y, height }: ChainNode, width: number): number => {
    const before = taken.get(end) ?? 0;
    taken.set(end, before + width);
    return y + height / 2 - bundles.get(end)! / 2 + before + width / 2;
  };
  return flows.map(({ from, to, width, grossGrams, process }) => ({
    key: `${from.key}→${to.key}`,
    from,
    to,
    width,
    grossGrams,
    process,
    fromY: middleAt(`out ${from.key}`, from, width),
    toY: middleAt(`in ${to.key}`, to, width),
  }));
}

/** The batches on a shortest way from one batch to the batch asked for, both included: what a reason lights up. */
export function wayFrom(batchId: string, { batches, transformations }: Provenance): ReadonlySet<string> {
  const target = batches[0]?.batchId;
  const before = new Map<string, string | undefined>([[batchId, undefined]]);
  const usedIn = new Map<string, string[]>();
  for (const { inputs, outputs } of transformations) {
    for (const input of inputs) {
      usedIn.set(input.batchId, [...(usedIn.get(input.batchId) ?? []), ...outputs.map((output) => output.batchId)]);
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
