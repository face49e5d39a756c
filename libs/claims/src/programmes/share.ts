/**
 * Shares of a mass, exact: thresholds and declared shares are decimal strings of at most six places, kept as whole
 * millionths, and compared with grams by cross-multiplication. No float takes part.
 */

/** 0 to 1 with at most six places. */
const SHARE = /^(?:0(?:\.(\d{1,6}))?|1(?:\.0{1,6})?)$/;
export const MILLION = 1_000_000n;

/** Millionths of a decimal share, or undefined when the text is not one between 0 and 1 with at most six places. */
export function parseShare(text: string): bigint | undefined {
  const match = SHARE.exec(text);
  if (match === null) return undefined;
  return text.startsWith('1') ? MILLION : BigInt((match[1] ?? '').padEnd(6, '0'));
}

/** Sign of `part ÷ whole − millionths ÷ 1,000,000`, exact. `whole` is greater than zero, both in grams. */
export function compareShare(part: bigint, whole: bigint, millionths: bigint): -1 | 0 | 1 {
  const left = part * MILLION;
  const right = millionths * whole;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** `part ÷ whole` with six places, rounded half even (IEEE 754 roundTiesToEven). `whole` is greater than zero. */
export function formatShare(part: bigint, whole: bigint): string {
  const scaled = part * MILLION;
  const floor = scaled / whole;
  const twiceRest = 2n * (scaled % whole);
  const up = twiceRest > whole || (twiceRest === whole && floor % 2n === 1n);
  return formatMillionths(up ? floor + 1n : floor);
}

/** Millionths as a decimal string with six places. */
export function formatMillionths(millionths: bigint): string {
  return `${millionths / MILLION}.${String(millionths % MILLION).padStart(6, '0')}`;
}
