/** Which corrections nobody has confirmed, a second time and plainly. */
import { type RecordCorrected } from '#custody';
import { type GraphEvent } from '../graph.types.js';

export function isCorrection({ type }: GraphEvent): boolean {
  return type === 'RecordCorrected' || type === 'CorrectionConfirmed';
}

/** What of an event is, since somebody else last agreed, said otherwise than then; and the correction that began to. */
export function unconfirmedOf(
  event: GraphEvent,
  steps: readonly GraphEvent[],
  events: readonly GraphEvent[],
): string[] {
  const versions = [event, ...steps].map((step) => ({
    id: step.id,
    says: aspectsOf(step === event ? event.data : (step.data as RecordCorrected).replacement),
  }));
  let agreed = 0;
  for (const { type, data } of events) {
    const at = versions.findIndex(({ id }) => id === (data as { eventId?: string }).eventId);
    if (type === 'CorrectionConfirmed' && at > 0) agreed = at;
  }
  const now = versions.at(-1)!.says;
  return Object.keys(now)
    .filter((aspect) => now[aspect] !== versions[agreed]!.says[aspect])
    .map((aspect) => {
      let first = versions.length - 1;
      while (first - 1 > agreed && versions[first - 1]!.says[aspect] === now[aspect]) first--;
      return `${aspect} ${versions[first]!.id}`;
    })
    .sort();
}

function aspectsOf(data: unknown): Record<string, string> {
  const { country, activities, origin, process, chainOfCustody, inputs, outputs } = data as Record<string, never>;
  const of = (list: unknown): Record<string, unknown>[] => (list ?? []) as Record<string, unknown>[];
  return {
    place: JSON.stringify([country, of(activities).map(String).sort()]),
    origin: JSON.stringify([origin?.['kind'], origin?.['country']]),
    process: JSON.stringify([
      process,
      of(outputs)
        .filter(({ scrap }) => scrap === true)
        .map(({ batchId }) => batchId)
        .sort(),
    ]),
    'custody-model': JSON.stringify([chainOfCustody]),
    inputs: JSON.stringify(
      of(inputs)
        .map(({ batchId }) => batchId)
        .sort(),
    ),
  };
}
