/** The lines of a text that arrives in pieces, without line ends; a last line without an end does not count. */
export async function* textLinesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let begun = '';
  for await (const piece of pieces) {
    const lines = (begun + decoder.decode(piece, { stream: true })).split('\n');
    begun = lines.pop()!;
    yield* lines;
  }
}
