import { correctionsAmong, inForce } from '../fold.js';
import { type GraphEvent } from '../graph.types.js';

/** Events with corrections in the place of what they correct, as a projector meets them. */
export function effectiveEvents(events: readonly GraphEvent[]): GraphEvent[] {
  const corrections = correctionsAmong(events);
  return events.map((event) => inForce(event, corrections.get(event.stream)));
}
