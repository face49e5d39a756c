import { type SeededRandom } from '../../../apps/cli/src/bench/generate/seeded-random.js';
import { type DiskEvent } from './disk-trace.js';

/** The smallest unit that a disk writes atomically. */
const SECTOR_BYTES = 512;

type Change = Exclude<DiskEvent, { kind: 'sync' }>;

/** What can happen to the changes since the last sync of each file when the power fails. */
export const LOSSES = ['all of them', 'none', 'any of them', 'one of them', 'any of their sectors'] as const;
export type Loss = (typeof LOSSES)[number];

export interface Image {
  /** The bytes of each file that is not empty. */
  readonly files: ReadonlyMap<string, Buffer>;
  readonly unsynced: number;
  readonly dropped: number;
}

/** Steps through a recording and says what a disk might hold at each point. */
export class Disk {
  /** Content that is certain to be there. */
  readonly #synced = new Map<string, Buffer>();
  readonly #unsynced = new Map<string, Change[]>();

  take(event: DiskEvent): void {
    const waiting = this.#unsynced.get(event.file);
    if (event.kind === 'sync') {
      this.#synced.set(event.file, applied(this.#synced.get(event.file) ?? Buffer.alloc(0), waiting ?? []));
      this.#unsynced.delete(event.file);
    } else if (waiting === undefined) this.#unsynced.set(event.file, [event]);
    else waiting.push(event);
  }

  imageOf(loss: Loss, random: SeededRandom): Image {
    const all = [...this.#unsynced.values()].flat();
    const one = all.length === 0 ? undefined : all[random.integer(0, all.length - 1)];
    const keeps = (change: Change): Change[] => {
      if (loss === 'none') return [change];
      if (loss === 'all of them') return [];
      if (loss === 'one of them') return change === one ? [] : [change];
      if (loss === 'any of their sectors' && change.kind === 'write') return sectorsOf(change, random);
      return random.oneIn(2) ? [change] : [];
    };
    const files = new Map(this.#synced);
    let dropped = 0;
    for (const [file, changes] of this.#unsynced) {
      const kept = changes.map(keeps);
      dropped += kept.filter((parts, index) => bytesIn(parts) < bytesIn([changes[index]!])).length;
      files.set(file, applied(files.get(file) ?? Buffer.alloc(0), kept.flat()));
    }
    return { files, unsynced: all.length, dropped };
  }
}

function applied(base: Buffer, changes: readonly Change[]): Buffer {
  const ends = changes.map((change) => (change.kind === 'unlink' ? 0 : endOf(change)));
  // Gaps between writes read as zeros.
  const room = Buffer.alloc(ends.reduce((most, end) => Math.max(most, end), base.length));
  base.copy(room);
  let size = base.length;
  for (const change of changes) {
    if (change.kind === 'write') {
      change.data.copy(room, change.offset);
      size = Math.max(size, endOf(change));
    } else {
      size = change.kind === 'truncate' ? change.size : 0;
      room.fill(0, size);
    }
  }
  return room.subarray(0, size);
}

function endOf(change: Exclude<Change, { kind: 'unlink' }>): number {
  return change.kind === 'truncate' ? change.size : change.offset + change.data.length;
}

/** The parts of a write that reached the disk: each sector with a probability of one half. */
function sectorsOf(write: Extract<Change, { kind: 'write' }>, random: SeededRandom): Change[] {
  const parts: Change[] = [];
  for (let from = 0; from < write.data.length;) {
    const to = Math.min(write.data.length, from + SECTOR_BYTES - ((write.offset + from) % SECTOR_BYTES));
    if (random.oneIn(2)) parts.push({ ...write, offset: write.offset + from, data: write.data.subarray(from, to) });
    from = to;
  }
  return parts;
}

/** How many bytes of changes can be lost; a change of size counts as one. */
function bytesIn(changes: readonly Change[]): number {
  return changes.reduce((sum, change) => sum + (change.kind === 'write' ? change.data.length : 1), 0);
}
