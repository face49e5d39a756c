import { type ClaimsVerdict, type Reason } from '#claims';

/** Reasons, and events that they name, in one line of a bundle: a few hundred kilobytes. */
const NAMED_A_LINE = 2_000;

/** Follows a verdict with more reasons than fit into a line. */
interface FurtherReasons {
  readonly programme: string;
  readonly reasons: readonly Reason[];
}
/** Follows a reason that names more events than fit into a line. */
interface FurtherEvents {
  readonly programme: string;
  readonly eventIds: readonly string[];
}
type VerdictPart = ClaimsVerdict | FurtherReasons | FurtherEvents;

/**
 * Verdicts as the lines of a bundle have them: each begins with the whole of it but for some of its reasons, which follow.
 * No part grows with the chain.
 */
export function* verdictParts(verdicts: Iterable<ClaimsVerdict>): Generator<VerdictPart> {
  for (const verdict of verdicts) {
    const { programme } = verdict;
    let isFirst = true;
    for (const { reasons, furtherEvents } of stretchesOf(verdict.reasons)) {
      yield isFirst ? { ...verdict, reasons } : { programme, reasons };
      isFirst = false;
      for (let from = 0; from < furtherEvents.length; from += NAMED_A_LINE) {
        yield { programme, eventIds: furtherEvents.slice(from, from + NAMED_A_LINE) };
      }
    }
  }
}

/** Whole verdicts of their parts. @param parts of a bundle that was verified, or what {@link verdictParts} gave */
export function wholeVerdicts(parts: readonly unknown[]): ClaimsVerdict[] {
  const verdicts: (Omit<ClaimsVerdict, 'reasons'> & { reasons: Reason[] })[] = [];
  for (const part of parts as readonly VerdictPart[]) {
    const last = verdicts.at(-1);
    if ('verdict' in part) verdicts.push({ ...part, reasons: [...part.reasons] });
    else if ('reasons' in part) last?.reasons.push(...part.reasons);
    else {
      const reason = last?.reasons.pop();
      if (reason !== undefined) last?.reasons.push({ ...reason, eventIds: [...reason.eventIds, ...part.eventIds] });
    }
  }
  return verdicts;
}

interface Stretch {
  readonly reasons: readonly Reason[];
  /** Of the last of them. */
  readonly furtherEvents: readonly string[];
}

/** One at least. */
function* stretchesOf(reasons: readonly Reason[]): Generator<Stretch> {
  let held: Reason[] = [];
  let named = 0;
  for (const reason of reasons) {
    const size = 1 + reason.eventIds.length;
    if (held.length > 0 && named + size > NAMED_A_LINE) {
      yield { reasons: held, furtherEvents: [] };
      held = [];
      named = 0;
    }
    if (size > NAMED_A_LINE) {
      const eventIds = reason.eventIds.slice(0, NAMED_A_LINE);
      yield { reasons: [{ ...reason, eventIds }], furtherEvents: reason.eventIds.slice(NAMED_A_LINE) };
      continue;
    }
    held.push(reason);
    named += size;
  }
  if (held.length > 0 || reasons.length === 0) yield { reasons: held, furtherEvents: [] };
}
