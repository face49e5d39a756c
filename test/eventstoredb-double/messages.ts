import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import statusPb from '@eventstore/db-client/generated/status_pb.js';
import codePb from '@eventstore/db-client/generated/code_pb.js';
import anyPb from 'google-protobuf/google/protobuf/any_pb.js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import { type Expectation } from './log.js';
import { type ProposedEvent, type RecordedEvent } from './recorded-event.js';

type Shared = typeof sharedPb;
type Streams = typeof streamsPb;
type StreamIdentifier = InstanceType<Shared['StreamIdentifier']>;
export type AppendReq = InstanceType<Streams['AppendReq']>;
export type AppendResp = InstanceType<Streams['AppendResp']>;
export type BatchAppendReq = InstanceType<Streams['BatchAppendReq']>;
export type BatchAppendResp = InstanceType<Streams['BatchAppendResp']>;
export type ReadReq = InstanceType<Streams['ReadReq']>;
export type ReadResp = InstanceType<Streams['ReadResp']>;

/** .NET ticks, of 100 nanoseconds, in a millisecond. */
const TICKS_PER_MILLISECOND = 10_000n;

export function streamNameOf(identifier: StreamIdentifier | undefined): string {
  return Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');
}

export function streamIdentifier(name: string): StreamIdentifier {
  const identifier = new sharedPb.StreamIdentifier();
  identifier.setStreamName(new Uint8Array(Buffer.from(name, 'utf8')));
  return identifier;
}

interface ProposedMessage {
  getId(): { getString(): string } | undefined;
  getMetadataMap(): { get(key: string): string | undefined };
  getData_asU8(): Uint8Array;
  getCustomMetadata_asU8(): Uint8Array;
}

export function proposedEvent(message: ProposedMessage): ProposedEvent {
  return {
    id: message.getId()?.getString() ?? '',
    type: message.getMetadataMap().get('type') ?? '',
    contentType: message.getMetadataMap().get('content-type') ?? 'application/octet-stream',
    data: message.getData_asU8(),
    customMetadata: message.getCustomMetadata_asU8(),
  };
}

export function expectationOf(options: {
  hasNoStream(): boolean;
  hasAny(): boolean;
  hasStreamExists(): boolean;
  revision(): string;
}): Expectation {
  if (options.hasNoStream()) return 'no-stream';
  if (options.hasAny()) return 'any';
  if (options.hasStreamExists()) return 'stream-exists';
  return BigInt(options.revision());
}

/** As a server returns ids, however they were sent: in two signed halves. */
export function structured(id: InstanceType<Shared['UUID']> | undefined): InstanceType<Shared['UUID']> {
  const digits = (id?.getString() ?? '').replaceAll('-', '').padStart(32, '0');
  const half = (from: number): string => BigInt.asIntN(64, BigInt(`0x${digits.slice(from, from + 16)}`)).toString();
  const halves = new sharedPb.UUID.Structured();
  halves.setMostSignificantBits(half(0));
  halves.setLeastSignificantBits(half(16));
  const uuid = new sharedPb.UUID();
  uuid.setStructured(halves);
  return uuid;
}

export function allPosition(position: bigint): InstanceType<Shared['AllStreamPosition']> {
  const message = new sharedPb.AllStreamPosition();
  message.setCommitPosition(position.toString());
  message.setPreparePosition(position.toString());
  return message;
}

type StatusCode = InstanceType<(typeof statusPb)['Status']> extends { getCode(): infer Code } ? Code : never;

function softError(code: StatusCode, name: string, details: Uint8Array): InstanceType<(typeof statusPb)['Status']> {
  const packed = new anyPb.Any();
  packed.pack(details, `event_store.client.${name}`);
  const error = new statusPb.Status();
  error.setCode(code);
  error.setMessage(name);
  error.setDetails(packed);
  return error;
}

export function wrongExpectedVersion(expected: Expectation, current: bigint | undefined) {
  const details = new sharedPb.WrongExpectedVersion();
  if (current === undefined) details.setCurrentNoStream(new emptyPb.Empty());
  else details.setCurrentStreamRevision(current.toString());
  if (expected === 'no-stream') details.setExpectedNoStream(new emptyPb.Empty());
  else if (expected === 'any') details.setExpectedAny(new emptyPb.Empty());
  else if (expected === 'stream-exists') details.setExpectedStreamExists(new emptyPb.Empty());
  else details.setExpectedStreamPosition(expected.toString());
  return softError(codePb.Code.ALREADY_EXISTS, 'WrongExpectedVersion', details.serializeBinary());
}

export function streamIsDeleted(stream: string) {
  const details = new sharedPb.StreamDeleted();
  details.setStreamIdentifier(streamIdentifier(stream));
  return softError(codePb.Code.FAILED_PRECONDITION, 'StreamDeleted', details.serializeBinary());
}

export function timedOut() {
  return softError(codePb.Code.DEADLINE_EXCEEDED, 'Timeout', new sharedPb.Timeout().serializeBinary());
}

export function maximumAppendSizeExceeded(bytes: number) {
  const details = new sharedPb.MaximumAppendSizeExceeded();
  details.setMaxappendsize(bytes);
  return softError(codePb.Code.INVALID_ARGUMENT, 'MaximumAppendSizeExceeded', details.serializeBinary());
}

export function readEvent(event: RecordedEvent, hasPositionInAll: boolean): ReadResp {
  const recorded = new streamsPb.ReadResp.ReadEvent.RecordedEvent();
  const id = new sharedPb.UUID();
  id.setString(event.id);
  recorded.setId(id);
  recorded.setStreamIdentifier(streamIdentifier(event.stream));
  recorded.setStreamRevision(event.revision.toString());
  recorded.setCommitPosition(event.position.toString());
  recorded.setPreparePosition(event.position.toString());
  recorded.getMetadataMap().set('type', event.type);
  recorded.getMetadataMap().set('created', (BigInt(event.createdMs) * TICKS_PER_MILLISECOND).toString());
  recorded.getMetadataMap().set('content-type', event.contentType);
  recorded.setData(event.data);
  recorded.setCustomMetadata(event.customMetadata);
  const read = new streamsPb.ReadResp.ReadEvent();
  read.setEvent(recorded);
  if (hasPositionInAll) read.setCommitPosition(event.position.toString());
  else read.setNoPosition(new sharedPb.Empty());
  const response = new streamsPb.ReadResp();
  response.setEvent(read);
  return response;
}

export function streamNotFound(name: string): ReadResp {
  const notFound = new streamsPb.ReadResp.StreamNotFound();
  notFound.setStreamIdentifier(streamIdentifier(name));
  const response = new streamsPb.ReadResp();
  response.setStreamNotFound(notFound);
  return response;
}

export function confirmation(subscriptionId: string): ReadResp {
  const confirmed = new streamsPb.ReadResp.SubscriptionConfirmation();
  confirmed.setSubscriptionId(subscriptionId);
  const response = new streamsPb.ReadResp();
  response.setConfirmation(confirmed);
  return response;
}

export function checkpoint(position: bigint): ReadResp {
  const reached = new streamsPb.ReadResp.Checkpoint();
  reached.setCommitPosition(position.toString());
  reached.setPreparePosition(position.toString());
  const response = new streamsPb.ReadResp();
  response.setCheckpoint(reached);
  return response;
}

export function caughtUp(): ReadResp {
  const response = new streamsPb.ReadResp();
  response.setCaughtUp(new streamsPb.ReadResp.CaughtUp());
  return response;
}
