import { describe, expect, it } from '@jest/globals';
import { canonicalRecord } from '../canonical-record.js';
import { type JsonObject, type NewEvent } from '../stored-event.js';
import { collect, freshStream, newEvent, newEvents, type StoreOf } from './contract-events.js';

/** Members in the order and characters in the escapes that RFC 8785 §3.2.3 tries, and some that JSON alone leaves open. */
export const AWKWARD_DATA: JsonObject = {
  '\u20ac': 'Euro Sign',
  '\r': 'Carriage Return',
  '\ufb33': 'Hebrew Letter Dalet With Dagesh',
  '1': 'One',
  '\ud83d\ude00': 'Emoji: Grinning Face',
  '\u0080': 'Control',
  '\u00f6': 'Latin Small Letter O With Diaeresis',
  escapes: '\u0000\b\t\n\f\r\u001f"\\/\u007f\u2028\u2029',
  numbers: [0, -0, 1, -7, Number.MAX_SAFE_INTEGER, 1e21, 0.002, 1e-7],
  nested: { b: [], a: {}, c: null, d: [true, false] },
};

const AWKWARD_DATA_TEXT =
  '{"\\r":"Carriage Return","1":"One","escapes":"\\u0000\\b\\t\\n\\f\\r\\u001f\\"\\\\/\u007f\u2028\u2029",' +
  '"nested":{"a":{},"b":[],"c":null,"d":[true,false]},"numbers":[0,0,1,-7,9007199254740991,1e+21,0.002,1e-7],' +
  '"\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis","\u20ac":"Euro Sign",' +
  '"\ud83d\ude00":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}';

export function recordContract(store: StoreOf): void {
  describe('the record of an event', () => {
    it('is the RFC 8785 bytes, unicode and escapes included', async () => {
      const stream = `${freshStream()}-Lager "Süd"\n→ 電池 🔋`;
      const event: NewEvent = {
        ...newEvent(AWKWARD_DATA, 'Batch "Ö"'),
        metadata: { z: 'ü', a: { commandId: '☃', A: 1 } },
      };
      await store().append(stream, [newEvent(), event], 'no-stream');
      const stored = (await collect(store().readStream(stream)))[1]!;
      const expected =
        `{"data":${AWKWARD_DATA_TEXT},"id":"${event.id}","metadata":{"a":{"A":1,"commandId":"☃"},"z":"ü"},` +
        `"revision":"1","stream":${JSON.stringify(stream)},"type":"Batch \\"Ö\\""}`;
      expect(Buffer.from(stored.record).toString('utf8')).toBe(expected);
      expect(stored.data).toEqual(JSON.parse(AWKWARD_DATA_TEXT));
    });

    it('is the same however the event is read, and what canonicalRecord makes of the event', async () => {
      const stream = freshStream();
      const event = newEvent({ batchId: 'b-1', grossGrams: 1_000 });
      await store().append(stream, [event], 'no-stream');
      const [read] = await collect(store().readStream(stream));
      const all = await collect(store().readAll({ categories: [stream.split('-')[0]!] }));
      const expected = Buffer.from(canonicalRecord(stream, 0n, event)).toString('hex');
      expect(Buffer.from(read!.record).toString('hex')).toBe(expected);
      expect(Buffer.from(all[0]!.record).toString('hex')).toBe(expected);
    });

    it('is read by position, in any order and as often as asked, where that is no call to a server', async () => {
      const { records } = store();
      expect(records !== undefined).toBe(store().engine !== 'eventstoredb');
      if (records === undefined) return;
      const stream = freshStream();
      await store().append(stream, [newEvent(AWKWARD_DATA), ...newEvents(1_200)], 'no-stream');
      const stored = (await collect(store().readStream(stream))).toReversed();
      const texts = stored.map(({ record }) => Buffer.from(record).toString('utf8'));
      const positions = stored.map(({ position }) => position);
      expect(records.recordsAt(positions)).toEqual(texts);
      expect(records.recordsAt([positions[3]!, positions[3]!])).toEqual([texts[3], texts[3]]);
      expect(records.recordsAt([])).toEqual([]);
      const beyond = (await store().head())! + 1n;
      expect(() => records.recordsAt([positions[0]!, beyond])).toThrow(
        expect.objectContaining({ code: 'store-corrupt', message: expect.stringContaining(`position ${beyond}`) }),
      );
    });

    it('cannot be changed through an event that was read', async () => {
      const stream = freshStream();
      await store().append(stream, [newEvent({ labels: ['l-1'] })], 'no-stream');
      const [first] = await collect(store().readStream(stream));
      first!.data.labels = [];
      first!.record.fill(0);
      const [second] = await collect(store().readStream(stream));
      expect(second!.data).toEqual({ labels: ['l-1'] });
      expect(JSON.parse(Buffer.from(second!.record).toString('utf8'))).toMatchObject({ data: { labels: ['l-1'] } });
    });
  });
}
