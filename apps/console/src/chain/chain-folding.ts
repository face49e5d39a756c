import { type ProvenanceTransformation, type Provenance } from '../api/answers.js';

/** Levels of folding, coarsest first; `batch` folds nothing. */
export const FOLDS = ['stage', 'organisation', 'site', 'campaign', 'batch'] as const;
export type FoldBy = (typeof FOLDS)[number];

/** Chains with more batches are folded by default. */
export const FOLD_FROM = 60;

/** Longest gap between two productions of one campaign, days: after a longer standstill a line is set up anew. */
const CAMPAIGN_GAP_DAYS = 7;
const DAY_MS = 86_400_000;

/** About a site, as far as disclosed to the reader. */
export interface Place {
  /** ISO 3166-1. */
  readonly country: string;
  readonly organisationId: string;
}

/** A batch, or several that are drawn as one. */
export interface Group {
  readonly key: string;
  readonly by: FoldBy;
  readonly batchIds: string[];
  readonly material: string;
  /** Where all of them were made; undefined if they were made at several sites, or the answer does not say. */
  siteId: string | undefined;
  /** The organisation of that site, if it is known and the same for all. */
  organisationId: string | undefined;
  /** The process that made all of them. */
  process: string | undefined;
  readonly column: number;
  grossGrams: number;
  /** When the first and the last of them were made, UTC. */
  from: string | undefined;
  until: string | undefined;
}

interface Folding {
  readonly by: FoldBy;
  readonly groups: ReadonlyMap<string, Group>;
}

export interface Fold {
  /** undefined: the finest level with at most {@link FOLD_FROM} groups. */
  readonly by: FoldBy | undefined;
  /** Keys of the groups that are drawn one level finer. */
  readonly unfolded: ReadonlySet<string>;
}

interface Made {
  readonly batchId: string;
  readonly material: string;
  readonly column: number;
  readonly siteId: string | undefined;
  readonly organisationId: string | undefined;
  readonly process: string | undefined;
  readonly at: string | undefined;
  readonly grossGrams: number;
  /** Keys of its groups, one for each level of {@link FOLDS}. */
  keys: readonly string[];
}

/**
 * Assigns each batch of a chain to a group: batches of one material at one step of the chain, of one organisation, made at
 * one site, in one campaign.
 * @param columns of each batch in the drawing
 */
export function foldChain(
  chain: Provenance,
  columns: ReadonlyMap<string, number>,
  places: ReadonlyMap<string, Place>,
  { by, unfolded }: Fold,
): Folding {
  const made = makingsOf(chain, columns, places);
  const counts = new Map<string, number>();
  for (const { keys } of made) for (const key of keys) counts.set(key, 1 + (counts.get(key) ?? 0));
  const chosen = by ?? finestOf(made);
  const groups = new Map<string, Group>();
  const ofBatch = new Map<string, Group>();
  for (const each of made) {
    const level = levelOf(each.keys, FOLDS.indexOf(chosen), counts, unfolded);
    ofBatch.set(each.batchId, joined(groups, each, level));
  }
  return { by: chosen, groups: ofBatch };
}

/**
 * The group in which a batch is drawn: at the chosen level, finer where the reader unfolded it, the batch itself if it
 * would be alone.
 */
function levelOf(
  keys: readonly string[],
  chosen: number,
  counts: ReadonlyMap<string, number>,
  unfolded: ReadonlySet<string>,
): number {
  const last = FOLDS.length - 1;
  const countAt = (level: number): number => counts.get(keys[level]!)!;
  let level = chosen;
  while (level < last && unfolded.has(keys[level]!)) {
    level++;
    // Skips levels that would show the same group again.
    while (level < last && countAt(level) === countAt(level - 1)) level++;
  }
  return countAt(level) === 1 ? last : level;
}

function joined(groups: Map<string, Group>, made: Made, level: number): Group {
  const { batchId, material, column, siteId, organisationId, process, at, grossGrams } = made;
  const key = made.keys[level]!;
  const there = groups.get(key);
  if (there === undefined) {
    const places = { siteId, organisationId, process, from: at, until: at };
    const group = { key, by: FOLDS[level]!, batchIds: [batchId], material, column, grossGrams, ...places };
    groups.set(key, group);
    return group;
  }
  there.batchIds.push(batchId);
  there.grossGrams += grossGrams;
  if (there.siteId !== siteId) there.siteId = undefined;
  if (there.organisationId !== organisationId) there.organisationId = undefined;
  if (there.process !== process) there.process = undefined;
  if (at !== undefined && (there.from === undefined || at < there.from)) there.from = at;
  if (at !== undefined && (there.until === undefined || at > there.until)) there.until = at;
  return there;
}

function finestOf(made: readonly Made[]): FoldBy {
  if (made.length <= FOLD_FROM) return 'batch';
  for (let level = FOLDS.length - 2; level > 0; level--) {
    if (new Set(made.map(({ keys }) => keys[level])).size <= FOLD_FROM) return FOLDS[level]!;
  }
  return 'stage';
}

function makingsOf(
  { batches, transformations }: Provenance,
  columns: ReadonlyMap<string, number>,
  places: ReadonlyMap<string, Place>,
): Made[] {
  const makings = new Map<string, { readonly making: ProvenanceTransformation; readonly grossGrams: number }>();
  const used = new Map<string, { readonly siteId: string; readonly grossGrams: number }>();
  for (const making of transformations) {
    for (const { batchId, grossGrams } of making.outputs) makings.set(batchId, { making, grossGrams });
    for (const { batchId, grossGrams } of making.inputs) {
      used.set(batchId, { siteId: making.siteId, grossGrams: grossGrams + (used.get(batchId)?.grossGrams ?? 0) });
    }
  }
  const made = batches.map(({ batchId, material, siteId: at, grossGrams }): Made => {
    const { making, grossGrams: whole } = makings.get(batchId) ?? {};
    const siteId = making?.siteId ?? at ?? used.get(batchId)?.siteId;
    return {
      batchId,
      material,
      column: columns.get(batchId)!,
      siteId,
      organisationId: places.get(siteId ?? '')?.organisationId,
      process: making && (making.process ?? making.kind),
      at: making?.occurredAt,
      // Its mass when it was made, or the mass of it that is known.
      grossGrams: whole ?? Math.max(grossGrams, used.get(batchId)?.grossGrams ?? 0),
      keys: [],
    };
  });
  giveKeys(made);
  return made;
}

/**
 * Finer groups lie within coarser ones, since a site has one organisation. Only the key of an organisation hangs on what is
 * known of the sites, which arrives after the chain: a site or campaign that the reader unfolded before stays unfolded.
 */
function giveKeys(made: readonly Made[]): void {
  const bySite = new Map<string, Made[]>();
  const coarse = new Map<Made, readonly [string, string, string]>();
  for (const each of made) {
    const stage = JSON.stringify([each.column, each.material]);
    // Sites whose organisation is not disclosed are kept apart.
    const organisation = `${stage} of ${JSON.stringify(each.organisationId ?? ['at', each.siteId ?? ''])}`;
    const site = `${stage} at ${JSON.stringify(each.siteId ?? '')}`;
    coarse.set(each, [stage, organisation, site]);
    const there = bySite.get(site);
    if (there === undefined) bySite.set(site, [each]);
    else there.push(each);
  }
  for (const [site, there] of bySite) {
    there.sort((a, b) => compared(a.at ?? '', b.at ?? ''));
    let campaign = 0;
    there.forEach((each, index) => {
      const before = there[index - 1];
      if (before !== undefined && !isSameCampaign(before, each)) campaign++;
      each.keys = [...coarse.get(each)!, `${site} ${campaign}`, each.batchId];
    });
  }
}

function isSameCampaign(before: Made, after: Made): boolean {
  if (before.process !== after.process) return false;
  if (before.at === undefined || after.at === undefined) return before.at === after.at;
  return Date.parse(after.at) - Date.parse(before.at) <= CAMPAIGN_GAP_DAYS * DAY_MS;
}

function compared(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
