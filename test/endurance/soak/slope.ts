export interface Sample {
  /** Seconds since the start. */
  readonly at: number;
  readonly value: number;
}

/** Least squares: by how much the value changes per second, and its mean. */
export function slopeOf(samples: readonly Sample[]): { perSecond: number; mean: number } {
  const count = samples.length;
  const meanAt = samples.reduce((sum, { at }) => sum + at, 0) / count;
  const mean = samples.reduce((sum, { value }) => sum + value, 0) / count;
  let together = 0;
  let spread = 0;
  for (const { at, value } of samples) {
    together += (at - meanAt) * (value - mean);
    spread += (at - meanAt) ** 2;
  }
  return { perSecond: spread === 0 ? 0 : together / spread, mean };
}

/** @param share 0.99: the value that 99 of 100 do not exceed */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
