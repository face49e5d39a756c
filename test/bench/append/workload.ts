import { type JsonObject, type NewEvent } from '#event-store';
import { SeededRandom } from '../../../apps/cli/src/bench/generate/seeded-random.js';

/** The same for every store: labels put on batches at many sites. */
export interface Workload {
  readonly seed: number;
  readonly appends: number;
  readonly eventsPerAppend: number;
  /** Appends that wait at the same time, each on streams of its own. */
  readonly waiting: number;
}

/** Streams that one of those who wait appends to, in turn. */
const STREAMS_EACH = 4;

export interface PreparedAppend {
  readonly stream: string;
  readonly events: NewEvent[];
}

/** Made before the clock starts: lists of appends, one for each of those who wait. */
export function prepare({ seed, appends, eventsPerAppend, waiting }: Workload, name: string): PreparedAppend[][] {
  const random = new SeededRandom(seed);
  const lists = Array.from({ length: waiting }, (): PreparedAppend[] => []);
  for (let number = 0; number < appends; number++) {
    const list = lists[number % waiting]!;
    const stream = `site-${name}-${number % waiting}-${list.length % STREAMS_EACH}`;
    const events = Array.from({ length: eventsPerAppend }, (_, index) => labelled(random, number, index));
    list.push({ stream, events });
  }
  return lists;
}

function labelled(random: SeededRandom, append: number, index: number): NewEvent {
  const labelId = `label-${append}-${index}`;
  const at = new Date(Date.UTC(2026, 0, 1) + append).toISOString();
  const data: JsonObject = {
    batchId: `batch-${append % 1_000}`,
    carrier: 'qr',
    labelId,
    standard: 'gs1-digital-link',
    value: `https://id.example/01/${labelId}`,
  };
  const actor = { principal: 'administrator' };
  const metadata = { commandId: random.uuid(), actor, occurredAt: at, recordedAt: at, schemaVersion: 1 };
  return { id: random.uuid(), type: 'BatchLabelled', data, metadata };
}

/**
 * Sends every list's appends one after the other, all lists at once; each append expects the revision it left behind.
 * @param append answers the stream's revision behind it
 * @returns seconds
 */
export async function runAppends(
  lists: readonly PreparedAppend[][],
  append: (stream: string, events: NewEvent[], after: bigint | undefined) => Promise<bigint>,
): Promise<number> {
  const began = performance.now();
  await Promise.all(
    lists.map(async (list) => {
      const revisions = new Map<string, bigint>();
      for (const { stream, events } of list) {
        revisions.set(stream, await append(stream, events, revisions.get(stream)));
      }
    }),
  );
  return (performance.now() - began) / 1000;
}
