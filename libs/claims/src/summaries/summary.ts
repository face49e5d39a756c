import { type EventMark } from '../graph/index.js';
import { type RestUntil } from '../evaluate/stands-until.js';
import { verdictOf, type Part } from '../evaluate/part.js';
import { earlier } from '../evaluate/stands-until.js';
import { all, isSame, UNPROCESSED, type Processed, type ProcessedShare } from '../evaluate/processing.js';
import { ALL, isWhole, NOTHING, type Vouched, type VouchedShare } from '../evaluate/vouching.js';

/** How bad a strand is: 0 holds, 1 unproven, 2 broken. */
export type Badness = 0 | 1 | 2;

/**
 * What a chain, or the part of it that went into a use or through a making, contributes to everything made from it.
 * `strands`: how bad each is, in the order of the basis. `vouched`: for each combination of criteria, undefined where
 * everything is vouched for.
 */
export interface Known {
  readonly strands: readonly Badness[];
  readonly until: RestUntil;
  readonly vouched: readonly (VouchedSummary | undefined)[];
  /** For each list of countries, undefined where nothing of it was processed anywhere. */
  readonly processed: readonly (ProcessedSummary | undefined)[];
}

/** `wholeChain`: no summary covers the chain, which has to be walked. `until`: this may end at that moment. */
export type ChainSummary = Known | { readonly wholeChain: true; readonly until?: string | undefined };

/** {@link Vouched}, without what only reasons are made of. */
export interface VouchedSummary {
  readonly others: boolean;
  /** Mineral and key, then `root`, `recycler`, `recovered`. */
  readonly named: readonly (readonly [string, string, string, string])[];
  readonly scrapMade?: {
    readonly mark: EventMark;
    readonly siteId: string;
    readonly batchId: string;
    /** Nobody vouches for its maker: what recovers the scrap is told by the text of the summary changing. */
    readonly lacking: boolean;
  };
  /** Of a making: nobody vouches for the site that recycled. */
  readonly acted?: boolean;
}

/** {@link Processed}. `nowhereElse`, `somewhere`; before them mineral and key. */
export interface ProcessedSummary {
  readonly others: readonly [string, string];
  readonly named: readonly (readonly [string, string, string])[];
}

export function summaryOfProcessed({ others, named }: Processed): ProcessedSummary | undefined {
  if (named.size === 0 && isSame(others, UNPROCESSED)) return undefined;
  const shares = [...named].map(
    ([key, { nowhereElse, somewhere }]) => [key, `${nowhereElse}`, `${somewhere}`] as const,
  );
  return {
    others: [`${others.nowhereElse}`, `${others.somewhere}`],
    named: shares.sort(([a], [b]) => (a < b ? -1 : 1)),
  };
}

export function processedOf(summary: ProcessedSummary | undefined): Processed {
  if (summary === undefined) return all(UNPROCESSED);
  const named = new Map(
    summary.named.map(([key, nowhereElse, somewhere]): [string, ProcessedShare] => [
      key,
      { nowhereElse: BigInt(nowhereElse), somewhere: BigInt(somewhere) },
    ]),
  );
  const [nowhereElse, somewhere] = summary.others;
  return { others: { nowhereElse: BigInt(nowhereElse), somewhere: BigInt(somewhere) }, named };
}

export function badnessOf(parts: readonly Part[]): Badness {
  const verdict = verdictOf(parts);
  return verdict === 'holds' ? 0 : verdict === 'unproven' ? 1 : 2;
}

export function worse(one: readonly Badness[], other: readonly Badness[]): Badness[] {
  return one.map((badness, place) => {
    const its = other[place] ?? 0;
    return its > badness ? its : badness;
  });
}

export function earlierOf(one: RestUntil, other: RestUntil): RestUntil {
  return { custody: earlier(one.custody, other.custody), birthplaces: earlier(one.birthplaces, other.birthplaces) };
}

export function summaryOfVouched(
  vouched: Vouched,
  more: Pick<VouchedSummary, 'acted'> & { isMakerLacking?: boolean } = {},
): VouchedSummary | undefined {
  const { scrapMade } = vouched;
  // The mark may be a whole birth.
  const { eventId = '', logIndex = -1, occurredAt = '' } = scrapMade?.mark ?? {};
  const mark = { eventId, logIndex, occurredAt };
  const { acted = false, isMakerLacking = false } = more;
  if (isWhole(vouched) && scrapMade === undefined && !acted) return undefined;
  const named = [...vouched.named].map(
    ([key, { root, recycler, recovered }]) => [key, `${root}`, `${recycler}`, `${recovered}`] as const,
  );
  return {
    others: vouched.others === ALL,
    named: named.sort(([a], [b]) => (a < b ? -1 : 1)),
    ...(scrapMade === undefined ? {} : { scrapMade: { ...scrapMade, mark, lacking: isMakerLacking } }),
    ...(acted ? { acted } : {}),
  };
}

/** Without the acts, which only reasons name. */
export function vouchedOf(summary: VouchedSummary | undefined): Vouched {
  if (summary === undefined) return { others: ALL, named: new Map(), acts: [] };
  const named = new Map(
    summary.named.map(([key, root, recycler, recovered]): [string, VouchedShare] => [
      key,
      { root: BigInt(root), recycler: BigInt(recycler), recovered: BigInt(recovered) },
    ]),
  );
  const { others, scrapMade, acted } = summary;
  const acts = acted === true ? [UNVOUCHED_ACT] : [];
  if (scrapMade === undefined) return { others: others ? ALL : NOTHING, named, acts };
  const { mark, siteId, batchId } = scrapMade;
  return { others: others ? ALL : NOTHING, named, acts, scrapMade: { mark, siteId, batchId } };
}

const UNVOUCHED_ACT: Vouched['acts'][number] = {
  role: 'recycler',
  siteId: '',
  minerals: [],
  part: { verdict: 'unproven', fixes: [] },
};

/** Equal summaries have equal texts. */
export function textOf(summary: ChainSummary): string {
  if ('wholeChain' in summary) return JSON.stringify([summary.until ?? null]);
  const { strands, until, vouched, processed } = summary;
  const isUnprocessed = processed.every((each) => each === undefined);
  const isVouched = isUnprocessed && vouched.every((each) => each === undefined);
  return JSON.stringify([
    strands.join('').replace(/0+$/, ''),
    until.custody ?? null,
    until.birthplaces ?? null,
    ...(isVouched ? [] : vouched.map((each) => each ?? null)),
    ...(isUnprocessed ? [] : processed.map((each) => each ?? null)),
  ]);
}

/** @param strands how many the basis has. @param criteria how many combinations */
export function parseSummary(text: string, { strands, criteria }: { strands: number; criteria: number }): ChainSummary {
  const [first, ...rest] = JSON.parse(text) as [string | null, ...unknown[]];
  if (rest.length === 0) return { wholeChain: true, until: first ?? undefined };
  const [custody, birthplaces, ...flows] = rest as [string | null, string | null, ...unknown[]];
  const vouched = flows.slice(0, criteria) as (VouchedSummary | null)[];
  const processed = flows.slice(criteria) as (ProcessedSummary | null)[];
  return {
    strands: Array.from({ length: strands }, (_, place) => Number(first?.[place] ?? 0) as Badness),
    until: { custody: custody ?? undefined, birthplaces: birthplaces ?? undefined },
    vouched: Array.from({ length: criteria }, (_, place) => vouched[place] ?? undefined),
    processed: processed.map((each) => each ?? undefined),
  };
}
