/** One server-sent event (HTML, section 9.2). */
interface ServerSent {
  readonly event: string;
  readonly data: string;
  readonly id: string | undefined;
}

/** The events of a `text/event-stream`; an event that breaks off is dropped. */
export async function* serverSentIn(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerSent> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let text = '';
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const blocks = (text + part.value).split(/\r?\n\r?\n/);
      text = blocks.pop()!;
      for (const block of blocks) yield eventIn(block);
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

/** A block without `event` is a heartbeat, which may carry an id. */
export function eventIn(block: string): ServerSent {
  let [event, id] = ['', undefined as string | undefined];
  const data: string[] = [];
  for (const line of block.split(/\r?\n/)) {
    const [, field, value = ''] = /^([a-z]+):? ?(.*)$/.exec(line) ?? [];
    if (field === 'event') event = value;
    else if (field === 'id') id = value;
    else if (field === 'data') data.push(value);
  }
  return { event, data: data.join('\n'), id };
}
