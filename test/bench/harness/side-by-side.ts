import { type Bench, type Comparison, type Measured } from './benchmark.js';

/** Rounds of a comparison, unless fewer are requested. */
export const ROUNDS = 5;

export interface Contender {
  readonly peerName: string;
  /** The figure to beat. */
  readonly target: string;
  run(round: number): Promise<Measured>;
  /**
   * False where a peer is too slow for as many events: it does as much of the same work as it can, and says how much.
   */
  readonly sameAmount?: boolean;
}

interface SideBySide {
  readonly name: string;
  readonly unit: string;
  readonly ours: (round: number) => Promise<Measured>;
  readonly peers: readonly Contender[];
}

/**
 * Runs ours and its peers in turn, so that other activity on the machine affects them alike. A peer that fails is left
 * out from then on, and its line says why; when ours fails, the benchmark fails.
 */
export async function sideBySide(bench: Bench, { name, unit, ours, peers }: SideBySide): Promise<Comparison[]> {
  const own: Measured[] = [];
  const theirs = peers.map((): Measured[] => []);
  const problems = peers.map((): string | undefined => undefined);
  for (let round = 0; round < bench.rounds; round++) {
    const mine = await ours(round);
    own.push(mine);
    for (const [index, peer] of peers.entries()) {
      if (problems[index] !== undefined) continue;
      try {
        const measured = await peer.run(round);
        if (peer.sameAmount !== false && measured.work !== mine.work)
          throw new Error(`did other work: ${measured.work}, not ${mine.work}`);
        theirs[index]!.push(measured);
      } catch (error) {
        problems[index] = error instanceof Error ? error.message : String(error);
        bench.note(`${name}: ${peer.peerName} cannot be measured: ${problems[index]}`);
      }
    }
    bench.note(`${name}: round ${round + 1} of ${bench.rounds}`);
  }
  return peers.map((peer, index) => {
    const problem = problems[index];
    const line = { name, unit, peerName: peer.peerName, target: peer.target };
    const ourValues = own.map(({ value }) => value);
    if (problem !== undefined)
      return { ...line, ours: round3(median(ourValues)), peer: null, ratio: null, min: null, max: null, problem };
    const peerValues = theirs[index]!.map(({ value }) => value);
    return compared(line, ourValues, peerValues);
  });
}

/** The result line for values measured round by round. */
export function compared(
  line: Pick<Comparison, 'name' | 'unit' | 'peerName' | 'target'>,
  ours: readonly number[],
  peers: readonly number[],
): Comparison {
  const ratios = ours.map((value, round) => value / peers[round]!);
  const [own, peer] = [median(ours), median(peers)];
  return {
    ...line,
    ours: round3(own),
    peer: round3(peer),
    ratio: round3(own / peer),
    min: round3(Math.min(...ratios)),
    max: round3(Math.max(...ratios)),
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The value that this percentage of the values does not exceed (nearest rank). */
export function percentile(values: readonly number[], hundredths: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((sorted.length * hundredths) / 100) - 1)]!;
}

function round3(value: number): number {
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
