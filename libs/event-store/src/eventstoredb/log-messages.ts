import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import jspb from 'google-protobuf';
import { type ServerRecord } from './recorded-event.js';

export type ReadReq = InstanceType<typeof streamsPb.ReadReq>;
type Reader = InstanceType<typeof jspb.BinaryReader>;

/** Where a subscription to all of the log begins, and to which streams. */
export interface LogRequest {
  /** The position of a record; those after it are requested. */
  readonly after: bigint | undefined;
  /** Of the streams' names. */
  readonly regex: string;
  /** Events the server looks through for a page, and between two checkpoints. */
  readonly searchWindow: number;
}

/** A message of the server on a subscription. */
export type LogMessage =
  | { readonly kind: 'record'; readonly record: ServerRecord }
  | { readonly kind: 'confirmed' }
  | { readonly kind: 'caught-up' }
  /** Everything up to here was sent, or is outside the filter. */
  | { readonly kind: 'checkpoint'; readonly commit: bigint }
  | { readonly kind: 'other' };

export function logRequest({ after, regex, searchWindow }: LogRequest): ReadReq {
  const { Options } = streamsPb.ReadReq;
  const empty = (): InstanceType<typeof sharedPb.Empty> => new sharedPb.Empty();
  const all = new Options.AllOptions();
  if (after === undefined) all.setStart(empty());
  else {
    const position = new Options.Position();
    position.setCommitPosition(String(after));
    position.setPreparePosition(String(after));
    all.setPosition(position);
  }
  const names = new Options.FilterOptions.Expression();
  names.setRegex(regex);
  const filter = new Options.FilterOptions();
  filter.setStreamIdentifier(names);
  filter.setMax(searchWindow);
  filter.setCheckpointintervalmultiplier(1);
  const ids = new Options.UUIDOption();
  ids.setString(empty());
  const options = new Options();
  options.setAll(all);
  options.setSubscription(new Options.SubscriptionOptions());
  options.setFilter(filter);
  options.setUuidOption(ids);
  const request = new streamsPb.ReadReq();
  request.setOptions(options);
  return request;
}

/**
 * Reads an answer of `Streams.Read` without the objects of its generated messages, which cost as much as all else that is
 * done for an event of the log: `event_store.client.streams.ReadResp` of the server's `streams.proto`, by field numbers.
 * @param bytes of one message, which nobody changes any more
 */
export function logMessage(bytes: Uint8Array): LogMessage {
  const reader = new jspb.BinaryReader(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  let message: LogMessage = { kind: 'other' };
  eachField(reader, (field) => {
    if (field === 1) message = { kind: 'record', record: readEvent(reader) };
    else if (field === 2) message = skipped(reader, { kind: 'confirmed' });
    else if (field === 3) message = { kind: 'checkpoint', commit: commitIn(reader) };
    else if (field === 8) message = skipped(reader, { kind: 'caught-up' });
    else reader.skipField();
  });
  return message;
}

/** `ReadResp.ReadEvent`: its event, not the link to it. */
function readEvent(reader: Reader): ServerRecord {
  const record = new WireRecord();
  inside(reader, (field) => {
    if (field === 1) inside(reader, (inner) => record.read(reader, inner));
    else reader.skipField();
  });
  return record;
}

/** `ReadResp.Checkpoint` */
function commitIn(reader: Reader): bigint {
  let commit = 0n;
  inside(reader, (field) => {
    if (field === 1) commit = BigInt(reader.readUint64String());
    else reader.skipField();
  });
  return commit;
}

function skipped(reader: Reader, message: LogMessage): LogMessage {
  reader.skipField();
  return message;
}

/** `ReadResp.ReadEvent.RecordedEvent`. What is in it is looked at when it is asked for: of others' records, never. */
class WireRecord implements ServerRecord {
  id = '';
  streamId = '';
  type = '';
  isJson = false;
  revision = 0n;
  position: { commit: bigint } | undefined;
  #metadata: Uint8Array | undefined;
  #data: Uint8Array | undefined;

  get data(): unknown {
    return jsonIn(this.#data);
  }

  get metadata(): unknown {
    return this.#metadata === undefined || this.#metadata.length === 0 ? undefined : jsonIn(this.#metadata);
  }

  read(reader: Reader, field: number): void {
    if (field === 1) inside(reader, (inner) => (inner === 2 ? (this.id = reader.readString()) : reader.skipField()));
    else if (field === 2)
      inside(reader, (inner) => (inner === 3 ? (this.streamId = textIn(reader.readBytes())) : reader.skipField()));
    else if (field === 3) this.revision = BigInt(reader.readUint64String());
    else if (field === 5) this.position = { commit: BigInt(reader.readUint64String()) };
    else if (field === 6) this.#readProperty(reader);
    else if (field === 7) this.#metadata = reader.readBytes();
    else if (field === 8) this.#data = reader.readBytes();
    else reader.skipField();
  }

  /** An entry of a `map<string, string>`. */
  #readProperty(reader: Reader): void {
    let [name, value] = ['', ''];
    inside(reader, (field) => {
      if (field === 1) name = reader.readString();
      else if (field === 2) value = reader.readString();
      else reader.skipField();
    });
    if (name === 'type') this.type = value;
    else if (name === 'content-type') this.isJson = value === 'application/json';
  }
}

/** @returns what the JSON says, or the text that is none */
function jsonIn(bytes: Uint8Array | undefined): unknown {
  const text = bytes === undefined ? '' : textIn(bytes);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function textIn(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function eachField(reader: Reader, read: (field: number) => void): void {
  while (reader.nextField() && !reader.isEndGroup()) read(reader.getFieldNumber());
}

/** The fields of the message that is being read. */
function inside(reader: Reader, read: (field: number) => void): void {
  reader.readMessage(NOTHING, () => eachField(reader, read));
}

/** What the reader hands on to whoever reads a message: here the record knows itself. */
const NOTHING = new sharedPb.Empty();
