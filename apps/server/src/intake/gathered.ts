/** Texts are handed over once this many characters are gathered, even before the turn ends. */
const MOST_GATHERED = 65_536;

/**
 * Joins the texts that come in one turn of the event loop: a group commit answers hundreds of lines at once, and one
 * write to a socket costs as much as several of them. Nothing waits longer than the turn.
 */
export async function* gathered(texts: AsyncIterable<string>): AsyncGenerator<string> {
  const iterator = texts[Symbol.asyncIterator]();
  try {
    for (let coming = iterator.next(); ;) {
      const first = await coming;
      if (first.done === true) return;
      let text = first.value;
      const turn = new Promise<'over'>((resolve) => setImmediate(resolve, 'over'));
      for (;;) {
        coming = iterator.next();
        const more = text.length < MOST_GATHERED ? await Promise.race([coming, turn]) : 'over';
        if (more === 'over') break;
        if (more.done === true) {
          yield text;
          return;
        }
        text += more.value;
      }
      yield text;
    }
  } finally {
    void iterator.return?.();
  }
}
