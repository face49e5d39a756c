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

/** Streams that each waiting client appends to, in turn. */
const STREAMS_EACH = 4;

interface PreparedAppend {
  readonly stream: string;
  readonly events: NewEvent[];
}

/**
 * Events prepared while the clock is stopped: a whole workload in memory would make the peers collect the benchmark's
 * garbage.
 */
const EVENTS_PER_PORTION = 20_000;

/** The workload's appends in the order in which they begin. */
export function* appendsOf(
  { seed, appends, eventsPerAppend, waiting }: Workload,
  name: string,
): Generator<PreparedAppend> {
  const random = new SeededRandom(seed);
  for (let number = 0; number < appends; number++) {
    const turn = Math.floor(number / waiting);
    const stream = `site-${name}-${number % waiting}-${turn % STREAMS_EACH}`;
    const events = Array.from({ length: eventsPerAppend }, (_, index) => labelled(random, number, index));
    yield { stream, events };
  }
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
 * Sends a workload's appends, as many at a time as may wait: each client sends its own one after the other, and each
 * append expects the revision that the last one left. The clock is stopped while the next portion is prepared.
 * @param append answers the stream's revision after it
 * @returns seconds
 */
export async function runWorkload(
  workload: Workload,
  name: string,
  append: (stream: string, events: NewEvent[], after: bigint | undefined) => Promise<bigint>,
): Promise<number> {
  const { waiting, eventsPerAppend } = workload;
  const turnsPerPortion = Math.max(1, Math.floor(EVENTS_PER_PORTION / (waiting * eventsPerAppend)));
  const revisions = new Map<string, bigint>();
  const appends = appendsOf(workload, name);
  let seconds = 0;
  for (;;) {
    const lists = Array.from({ length: waiting }, (): PreparedAppend[] => []);
    for (let count = 0; count < waiting * turnsPerPortion; count++) {
      const next = appends.next();
      if (next.done) break;
      lists[count % waiting]!.push(next.value);
    }
    if (lists[0]!.length === 0) return seconds;
    const began = performance.now();
    await Promise.all(
      lists.map(async (list) => {
        for (const { stream, events } of list) {
          revisions.set(stream, await append(stream, events, revisions.get(stream)));
        }
      }),
    );
    seconds += (performance.now() - began) / 1000;
  }
}
