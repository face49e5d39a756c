import { type ClaimsVerdict, type Reason, type Subject } from '../evaluate/index.js';

/** One explanation, with all lines of a programme that it explains. */
export interface MergedReason extends Omit<Reason, keyof Subject> {
  /** The lines of the programme that it explains, in their order. */
  readonly about: readonly Subject[];
}

/** Sentences for these name the shares of one line, which differ from those of the next. */
const OF_ONE_LINE: ReadonlySet<string> = new Set([
  'share-below-threshold',
  'share-undecided',
  'declared-above-derived',
  'declared-undecided',
]);

/** Merges reasons that the same events give for several lines. Linear in the reasons. */
export function merged({ reasons }: Pick<ClaimsVerdict, 'reasons'>): MergedReason[] {
  const byExplanation = new Map<string, { reason: MergedReason; about: Subject[] }>();
  for (const { claim, mineral, right, document, ...explained } of reasons) {
    const { because, verdict, batchId, siteId, from, until, eventIds } = explained;
    const line = OF_ONE_LINE.has(because) ? [claim, mineral] : [document];
    const key = JSON.stringify([because, verdict, batchId, siteId, from, until, eventIds, ...line]);
    const subject = {
      claim,
      ...(mineral !== undefined && { mineral }),
      ...(right !== undefined && { right }),
      ...(document !== undefined && { document }),
    };
    const entry = byExplanation.get(key);
    if (entry !== undefined) entry.about.push(subject);
    else {
      const about = [subject];
      byExplanation.set(key, { about, reason: { about, ...explained } });
    }
  }
  return [...byExplanation.values()].map(({ reason }) => reason);
}
