/** One line of the result: a ratio to what was measured side by side. */
export interface Comparison {
  readonly name: string;
  /** Median of the rounds. */
  readonly ours: number;
  /** Median of the rounds; null when the peer could not run, as `problem` says. */
  readonly peer: number | null;
  readonly peerName: string;
  /** ours ÷ peer. */
  readonly ratio: number | null;
  /** Unit of `ours` and `peer`. */
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
  /** Describes the work done, to check that both sides did the same: equal texts mean equal work. */
  readonly work: string;
}

/** The environment of a benchmark. */
export interface Bench {
  /** Smaller sizes, for a quick look. */
  readonly quick: boolean;
  readonly seed: number;
  /** Rounds of every comparison; the median is the figure. */
  readonly rounds: number;
  /** A new empty folder on the measured disk; removed when the benchmarks end. */
  folder(): Promise<string>;
  /** Reports progress. */
  readonly note: (text: string) => void;
}

export interface Benchmark {
  readonly name: string;
  /** What is measured against what, in one sentence. */
  readonly measures: string;
  run(bench: Bench): Promise<Comparison[]>;
}
