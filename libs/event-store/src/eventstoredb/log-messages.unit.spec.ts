import { describe, expect, it } from '@jest/globals';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import { logMessage, logRequest } from './log-messages.js';

const { ReadResp } = streamsPb;
type Response = InstanceType<typeof ReadResp>;
const ID = '0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0';

function recorded(name: string, type: string, contentType: string, data: Uint8Array, metadata: Uint8Array) {
  const id = new sharedPb.UUID();
  id.setString(ID);
  const stream = new sharedPb.StreamIdentifier();
  stream.setStreamName(Buffer.from(name));
  const record = new ReadResp.ReadEvent.RecordedEvent();
  record.setId(id);
  record.setStreamIdentifier(stream);
  record.setStreamRevision('18446744073709551615');
  record.setPreparePosition('9007199254740995');
  record.setCommitPosition('9007199254740997');
  record.getMetadataMap().set('created', '638000000000000000').set('type', type).set('content-type', contentType);
  record.setCustomMetadata(metadata);
  record.setData(data);
  return record;
}

/** As a server sends it: with what is not looked at, too. */
function sent(record: InstanceType<typeof ReadResp.ReadEvent.RecordedEvent>): Buffer {
  const event = new ReadResp.ReadEvent();
  event.setEvent(record);
  event.setLink(recorded('link-stream', '$>', 'application/octet-stream', Buffer.from('0@x'), Buffer.alloc(0)));
  event.setCommitPosition('5');
  return bytesOf((response) => response.setEvent(event));
}

function bytesOf(fill: (response: Response) => void): Buffer {
  const response = new ReadResp();
  fill(response);
  // A transport hands over a part of a larger buffer.
  return Buffer.concat([Buffer.from([1, 2, 3]), response.serializeBinary()]).subarray(3);
}

describe('a message of a subscription', () => {
  it('gives a record as the server keeps it', () => {
    const [data, metadata] = [{ grams: 1, name: 'Ç東😀' }, { schemaVersion: 1 }];
    const bytes = sent(
      recorded(
        'site-Ç😀',
        'BatchLabelled',
        'application/json',
        Buffer.from(JSON.stringify(data)),
        Buffer.from(JSON.stringify(metadata)),
      ),
    );
    const message = logMessage(bytes);
    expect(message).toMatchObject({
      kind: 'record',
      record: {
        id: ID,
        streamId: 'site-Ç😀',
        type: 'BatchLabelled',
        isJson: true,
        revision: 18446744073709551615n,
        position: { commit: 9007199254740997n },
      },
    });
    expect(message.kind === 'record' && [message.record.data, message.record.metadata]).toEqual([data, metadata]);
  });

  it('gives one that is no JSON, or has no metadata', () => {
    const binary = logMessage(
      sent(recorded('a', 'T', 'application/octet-stream', Buffer.from([255]), Buffer.alloc(0))),
    );
    expect(binary).toMatchObject({ kind: 'record', record: { isJson: false } });
    expect(binary.kind === 'record' && binary.record.metadata).toBeUndefined();
    const broken = logMessage(sent(recorded('a', 'T', 'application/json', Buffer.from('{"a'), Buffer.from('['))));
    expect(broken.kind === 'record' && [broken.record.data, broken.record.metadata]).toEqual(['{"a', '[']);
  });

  it('tells that the subscription stands, how far it has come, and that the end was reached', () => {
    const { CaughtUp, Checkpoint, FellBehind, SubscriptionConfirmation } = ReadResp;
    const confirmation = new SubscriptionConfirmation();
    confirmation.setSubscriptionId(ID);
    const checkpoint = new Checkpoint();
    checkpoint.setCommitPosition('9007199254740997');
    checkpoint.setPreparePosition('1');
    const told = [
      bytesOf((response) => response.setConfirmation(confirmation)),
      bytesOf((response) => response.setCheckpoint(checkpoint)),
      bytesOf((response) => response.setCaughtUp(new CaughtUp())),
      bytesOf((response) => response.setFellBehind(new FellBehind())),
      bytesOf((response) => response.setFirstStreamPosition('7')),
      Buffer.alloc(0),
    ].map((bytes) => logMessage(bytes));
    expect(told).toEqual([
      { kind: 'confirmed' },
      { kind: 'checkpoint', commit: 9007199254740997n },
      { kind: 'caught-up' },
      { kind: 'other' },
      { kind: 'other' },
      { kind: 'other' },
    ]);
  });

  it('asks from the beginning or behind a record, for ids as text', () => {
    const { options: from } = logRequest({ after: undefined, regex: '^site-', searchWindow: 10 }).toObject();
    expect(from).toMatchObject({ all: { start: {} }, uuidOption: { string: {} }, subscription: {} });
    const { options: behind } = logRequest({ after: 7n, regex: '^site-', searchWindow: 10 }).toObject();
    expect(behind).toMatchObject({
      all: { position: { commitPosition: '7', preparePosition: '7' } },
      filter: { streamIdentifier: { regex: '^site-' }, max: 10, checkpointintervalmultiplier: 1 },
    });
  });
});
