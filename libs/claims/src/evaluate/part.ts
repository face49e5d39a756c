import { type EventMark } from '../graph/index.js';
import { type Because, type ProofVerdict, type Reason, type Subject } from './verdict.types.js';
import { smallestChange } from './smallest-change.js';

/** Events that would all have to be different for the part to improve, and the code that says so. */
export interface Fix {
  readonly because: Because;
  readonly events: readonly EventMark[];
}

/**
 * A part of a claim that does not hold: one dispatch, one stretch of custody, one transformation. What holds has no part.
 * `fixes`: ways to improve it. None: evidence is missing, nothing recorded is wrong, and `shownBy` are the events that show
 * where it is missing.
 */
export interface Part {
  readonly verdict: Exclude<ProofVerdict, 'holds'>;
  readonly batchId?: string;
  readonly siteId?: string;
  readonly from?: string;
  readonly until?: string;
  readonly fixes: readonly Fix[];
  readonly missing?: { readonly because: Because; readonly shownBy: readonly EventMark[] };
}

/** A part that changing one event would mend. */
export function wrong(
  verdict: Part['verdict'],
  because: Because,
  event: EventMark,
  place: Pick<Part, 'batchId' | 'siteId'>,
): Part {
  return { verdict, ...place, fixes: [{ because, events: [event] }] };
}

/** A part of which evidence is missing. */
export function lacking(
  because: Because,
  shownBy: readonly EventMark[],
  place: Pick<Part, 'batchId' | 'siteId' | 'from' | 'until'>,
): Part {
  return { verdict: 'unproven', ...place, fixes: [], missing: { because, shownBy } };
}

export function verdictOf(parts: readonly Part[]): ProofVerdict {
  if (parts.length === 0) return 'holds';
  return parts.some(({ verdict }) => verdict === 'broken') ? 'broken' : 'unproven';
}

/** A reason before it is assigned to a claim. */
export type ReasonOfParts = Omit<Reason, keyof Subject>;

/**
 * The reasons of a claim: its worst parts, all of which have to change for its verdict to become better, explained by the
 * fewest events that change them all. Parts with the same explanation make one reason, which names the first batch and
 * site of them and spans their time.
 */
export function reasonsOf(parts: readonly Part[]): ReasonOfParts[] {
  if (parts.length === 0) return [];
  const verdict = verdictOf(parts);
  const worst = parts.filter((part) => part.verdict === verdict);
  const chosen = smallestChange(worst.filter(({ fixes }) => fixes.length > 0).map(({ fixes }) => fixes));
  const reasons = new Map<string, ReasonOfParts>();
  for (const part of worst) {
    const { because, events } = explanationOf(part, chosen);
    const eventIds = inLogOrder(events);
    const key = `${because} ${eventIds.join(' ')}`;
    const first = reasons.get(key);
    if (first === undefined) reasons.set(key, reasonOf(part, because, eventIds));
    else reasons.set(key, spanning(first, part));
  }
  return [...reasons.values()];
}

/** The smallest fix whose events are all among those chosen; what is missing, if there is none. */
function explanationOf({ fixes, missing }: Part, chosen: ReadonlySet<string>): Fix {
  let best: Fix | undefined;
  for (const fix of fixes) {
    if (best !== undefined && fix.events.length >= best.events.length) continue;
    if (fix.events.every(({ eventId }) => chosen.has(eventId))) best = fix;
  }
  return best ?? { because: missing?.because ?? 'withheld', events: missing?.shownBy ?? [] };
}

/** Written field by field: a chain without any label has as many reasons as batches. */
function reasonOf(part: Part, because: Because, eventIds: readonly string[]): ReasonOfParts {
  const { verdict, batchId, siteId, from, until } = part;
  const reason: { -readonly [F in keyof ReasonOfParts]: ReasonOfParts[F] } = { verdict, because, eventIds };
  if (batchId !== undefined) reason.batchId = batchId;
  if (siteId !== undefined) reason.siteId = siteId;
  if (from !== undefined) reason.from = from;
  if (until !== undefined) reason.until = until;
  return reason;
}

function inLogOrder(events: readonly EventMark[]): string[] {
  if (events.length < 2) return events.map(({ eventId }) => eventId);
  const sorted = [...events].sort((a, b) => a.logIndex - b.logIndex);
  return [...new Set(sorted.map(({ eventId }) => eventId))];
}

function spanning(first: ReasonOfParts, next: Part): ReasonOfParts {
  const { from, until } = first;
  return {
    ...first,
    ...(next.from !== undefined && from !== undefined && next.from < from ? { from: next.from } : {}),
    ...(next.until !== undefined && until !== undefined && next.until > until ? { until: next.until } : {}),
  };
}
