import { type EventMark } from '../graph/index.js';

interface Alternative {
  readonly events: readonly EventMark[];
}

/**
 * Steps of the exact search. Alternatives for the same part share few events (an attestation or two, a label or two), so
 * real chains need only a few steps; beyond the bound the answer still mends every part, but may not be the smallest.
 */
const MOST_SEARCH_STEPS = 20_000;

/**
 * The smallest set of events that mends every part: for each part it contains all events of at least one alternative. Of
 * sets of the same size, the one that takes the earlier alternatives of the earlier parts. Exact up to
 * {@link MOST_SEARCH_STEPS} (the problem is minimum hitting set).
 * @param parts each with at least one alternative
 * @returns event ids
 */
export function smallestChange(parts: readonly (readonly Alternative[])[]): Set<string> {
  const chosen = new Set<string>();
  const open: string[][][] = [];
  const seen = new Set<string>();
  for (const part of parts) {
    const alternatives = part.map(({ events }) => events.map(({ eventId }) => eventId));
    const [only, ...others] = alternatives;
    if (only === undefined) continue;
    if (others.length === 0) {
      for (const eventId of only) chosen.add(eventId);
      continue;
    }
    const key = JSON.stringify(alternatives);
    if (!seen.has(key)) open.push(alternatives);
    seen.add(key);
  }
  for (const group of groupsOf(open.filter((part) => !isMended(part, chosen)))) {
    for (const eventId of smallestOf(group, chosen)) chosen.add(eventId);
  }
  return chosen;
}

function isMended(part: readonly (readonly string[])[], chosen: ReadonlySet<string>): boolean {
  return part.some((alternative) => alternative.every((eventId) => chosen.has(eventId)));
}

/** Parts that share no event are solved separately: the search is exponential only in parts that are connected. */
function groupsOf(parts: readonly string[][][]): string[][][][] {
  const parents = new Map<string, string>();
  const rootOf = (eventId: string): string => {
    let root = eventId;
    for (let next = parents.get(root); next !== undefined; next = parents.get(root)) root = next;
    return root;
  };
  for (const part of parts) {
    const [first, ...others] = part.flat();
    if (first === undefined) continue;
    for (const eventId of others) {
      const root = rootOf(eventId);
      if (root !== rootOf(first)) parents.set(root, rootOf(first));
    }
  }
  const groups = new Map<string, string[][][]>();
  for (const part of parts) {
    const root = rootOf(part.flat()[0] ?? '');
    const group = groups.get(root);
    if (group === undefined) groups.set(root, [part]);
    else group.push(part);
  }
  return [...groups.values()];
}

/** Deepens the number of events step by step; branches on the alternatives of the first part not mended yet. */
function smallestOf(group: readonly string[][][], fixed: ReadonlySet<string>): Set<string> {
  let steps = 0;
  const search = (chosen: Set<string>, left: number): Set<string> | undefined => {
    if (++steps > MOST_SEARCH_STEPS) return undefined;
    const part = group.find((each) => !isMended(each, chosen));
    if (part === undefined) return chosen;
    for (const alternative of part) {
      const added = alternative.filter((eventId) => !chosen.has(eventId));
      if (added.length > left) continue;
      const found = search(new Set([...chosen, ...added]), left - added.length);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const most = new Set(group.flat(2)).size;
  for (let size = 1; size <= most && steps <= MOST_SEARCH_STEPS; size++) {
    const found = search(new Set(fixed), size);
    if (found !== undefined) return found;
  }
  return greedy(group, fixed);
}

function greedy(group: readonly string[][][], fixed: ReadonlySet<string>): Set<string> {
  const chosen = new Set(fixed);
  for (const part of group) {
    if (isMended(part, chosen)) continue;
    const costs = part.map((alternative) => alternative.filter((eventId) => !chosen.has(eventId)));
    for (const eventId of costs.reduce((best, next) => (next.length < best.length ? next : best))) chosen.add(eventId);
  }
  return chosen;
}
