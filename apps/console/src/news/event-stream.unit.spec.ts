import { describe, expect, it } from '@jest/globals';
import { eventIn, serverSentIn } from './event-stream.js';

describe('a stream of server-sent events', () => {
  it('is read however it is cut into chunks', async () => {
    const text =
      'retry: 1000\nid: 4\nevent: open\ndata: {}\n\nid: 5\n: still here\n\nevent: news\ndata: {"ä":1}\n\nevent: half';
    const bytes = new TextEncoder().encode(text);
    for (const size of [1, 3, 17, bytes.length]) {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
          controller.close();
        },
      });
      const read = [];
      for await (const event of serverSentIn(body)) read.push(event);
      expect(read).toEqual([
        { event: 'open', data: '{}', id: '4' },
        { event: '', data: '', id: '5' },
        { event: 'news', data: '{"ä":1}', id: undefined },
      ]);
    }
  });

  it('may have data of several lines', () => {
    expect(eventIn('data: a\ndata: b')).toEqual({ event: '', data: 'a\nb', id: undefined });
  });
});
