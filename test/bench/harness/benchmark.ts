/** One line of the answer: a ratio, side by side with what it is measured against. */
export interface Comparison {
  readonly name: string;
  /** Median of the rounds. */
  readonly ours: number;
  /** Median of the rounds; null when the peer could not run, as `problem` says. */
  readonly peer: number | null;
  readonly peerName: string;
  /** ours ÷ peer. */
  readonly ratio: number | null;
  /** Of `ours` and `peer`. */
  readonly unit: string;
  /** Smallest and largest ratio of a round. */
  readonly min: number | null;
  readonly max: number | null;
  /** The figure to beat, e.g. `≥ 0.5`. */
  readonly target: string;
  readonly problem?: string;
}

/** What one run of a program measured. */
export interface Measured {
  /** In the benchmark's unit. */
  readonly value: number;
  /** What was done, for the check that both sides did the same: equal texts are equal work. */
  readonly work: string;
}

/** What a benchmark runs in. */
export interface Bench {
  /** Smaller sizes, for a look. */
  readonly quick: boolean;
  readonly seed: number;
  /** Of every comparison; the middle one is the figure. */
  readonly rounds: number;
  /** A new empty folder on the disk that is measured; gone when the benchmarks end. */
  folder(): Promise<string>;
  /** Tells the person who waits. */
  readonly note: (text: string) => void;
}

export interface Benchmark {
  readonly name: string;
  /** What is measured against what, in one sentence. */
  readonly measures: string;
  run(bench: Bench): Promise<Comparison[]>;
}
