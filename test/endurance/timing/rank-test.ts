/**
 * By how many standard deviations the ranks of one sample exceed what they would be if both came from one distribution
 * (Mann and Whitney 1947, normal approximation, ties by their middle rank). It assumes nothing about the distribution:
 * a few slow answers on a busy machine weigh no more than their rank.
 */
export function rankDeviation(one: readonly number[], other: readonly number[]): number {
  const all = [...one.map((value) => ({ value, first: true })), ...other.map((value) => ({ value, first: false }))];
  all.sort((a, b) => a.value - b.value);
  let rankSum = 0;
  for (let start = 0; start < all.length;) {
    let end = start;
    while (end < all.length && all[end]!.value === all[start]!.value) end++;
    const middle = (start + 1 + end) / 2;
    rankSum += middle * all.slice(start, end).filter(({ first }) => first).length;
    start = end;
  }
  const [n, m] = [one.length, other.length];
  const u = rankSum - (n * (n + 1)) / 2;
  return (u - (n * m) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12);
}
