import { BundleError, type BundleLimits } from './bundle-format.js';

const NEWLINE = 0x0a;

/**
 * Cuts chunks into lines, each without its newline, holding no more than one line at a time.
 * @throws BundleError `line-too-long`, `too-many-lines`, `bundle-too-large`, `bundle-truncated` (no newline at the end).
 */
export async function* bundleLines(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  limits: BundleLimits,
): AsyncGenerator<Uint8Array> {
  let pieces: Uint8Array[] = [];
  let length = 0;
  let total = 0;
  let line = 1;
  for await (const chunk of chunks) {
    total += chunk.length;
    if (total > limits.bytes) throw new BundleError('bundle-too-large', line, '', `over ${limits.bytes} bytes in all`);
    let start = 0;
    while (start < chunk.length) {
      const newline = chunk.indexOf(NEWLINE, start);
      const end = newline < 0 ? chunk.length : newline;
      length += end - start;
      if (length > limits.lineBytes) throw new BundleError('line-too-long', line, '', `over ${limits.lineBytes} bytes`);
      if (end > start) pieces.push(chunk.subarray(start, end));
      if (newline < 0) break;
      if (line > limits.lines) throw new BundleError('too-many-lines', line, '', `over ${limits.lines} lines`);
      yield joined(pieces, length);
      pieces = [];
      length = 0;
      line += 1;
      start = newline + 1;
    }
  }
  if (length > 0) throw new BundleError('bundle-truncated', line, '', 'the line does not end in a newline');
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
