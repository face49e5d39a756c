import { Corrections } from '#custody';
import type { GraphEvent } from '../graph.types.js';

/** Events with corrections in the place of what they correct, as a projector meets them. */
export function effectiveEvents(events: readonly GraphEvent[]): GraphEvent[] {
  const corrections = new Corrections();
  for (const event of events) {
    if (event.type === 'RecordCorrected') corrections.note(event);
  }
  return events.map((event) => corrections.effective(event));
}
