import type { EventMark } from '../graph/index.js';
import type { Because, ProofVerdict, Reason, Subject } from './verdict.types.js';
import { smallestChange } from './smallest-change.js';

/** Events that would all have to be other than they are for the part to come out better, and the code that says so. */
export interface Fix {
  readonly because: Because;
  readonly events: readonly EventMark[];
}

/**
 * A part of a claim that does not hold: one dispatch, one stretch of custody, one transformation. What holds is no part.
 * `fixes`: ways in which it would come out better. None: evidence is missing, nothing recorded is wrong, and `shownBy` are
 * the events that show where it is missing.
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

/** A part that one event, were it other, would mend. */
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

/**
 * The reasons of a claim: its worst parts, all of which have to change for its verdict to become better, explained by the
 * fewest events that change them all. Parts with the same explanation make one reason, which names the first batch and
 * site of them and spans their time.
 */
export function reasonsOf(subject: Subject, parts: readonly Part[]): Reason[] {
  const verdict = verdictOf(parts);
  const worst = parts.filter((part) => part.verdict === verdict);
  const chosen = smallestChange(worst.filter(({ fixes }) => fixes.length > 0).map(({ fixes }) => fixes));
  const reasons = new Map<string, Reason>();
  for (const part of worst) {
    const [fix] = part.fixes
      .filter(({ events }) => events.every(({ eventId }) => chosen.has(eventId)))
      .sort((a, b) => a.events.length - b.events.length);
    const { because, events } = fix ?? {
      because: part.missing?.because ?? 'withheld',
      events: part.missing?.shownBy ?? [],
    };
    const eventIds = inLogOrder(events);
    const key = JSON.stringify([because, eventIds]);
    reasons.set(
      key,
      spanning(reasons.get(key), { ...subject, verdict: part.verdict, because, ...placeOf(part), eventIds }),
    );
  }
  return [...reasons.values()];
}

function placeOf({ batchId, siteId, from, until }: Part): Pick<Reason, 'batchId' | 'siteId' | 'from' | 'until'> {
  return {
    ...(batchId === undefined ? {} : { batchId }),
    ...(siteId === undefined ? {} : { siteId }),
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
  };
}

function inLogOrder(events: readonly EventMark[]): string[] {
  const sorted = [...events].sort((a, b) => a.logIndex - b.logIndex);
  return [...new Set(sorted.map(({ eventId }) => eventId))];
}

function spanning(first: Reason | undefined, next: Reason): Reason {
  if (first === undefined) return next;
  const { from, until } = first;
  return {
    ...first,
    ...(next.from !== undefined && from !== undefined && next.from < from ? { from: next.from } : {}),
    ...(next.until !== undefined && until !== undefined && next.until > until ? { until: next.until } : {}),
  };
}
