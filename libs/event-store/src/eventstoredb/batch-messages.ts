import { type AppendResult, NO_STREAM, WrongExpectedVersionError } from '@eventstore/db-client';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import timestampPb from 'google-protobuf/google/protobuf/timestamp_pb.js';
import { type ExpectedRevision } from '../event-store.port.js';
import { type NewEvent } from '../stored-event.js';

type BatchAppendReq = InstanceType<typeof streamsPb.BatchAppendReq>;
export type BatchAppendResp = InstanceType<typeof streamsPb.BatchAppendResp>;
type Uuid = InstanceType<typeof sharedPb.UUID>;

const WRONG_EXPECTED_VERSION = 'event_store.client.WrongExpectedVersion';

/** An append in one message; `stream` is its name on the server. */
export interface BatchedAppend {
  readonly stream: string;
  readonly events: readonly NewEvent[];
  readonly expected: Exclude<ExpectedRevision, 'any'>;
}

/** @param deadlineMs how long the server may try, by the clock of this machine */
export function batchAppendRequest(correlation: string, append: BatchedAppend, deadlineMs: number): BatchAppendReq {
  const request = new streamsPb.BatchAppendReq();
  request.setCorrelationId(uuidOf(correlation));
  request.setOptions(optionsOf(append, deadlineMs));
  request.setProposedMessagesList(append.events.map(proposed));
  request.setIsFinal(true);
  return request;
}

/** The append that an answer belongs to. */
export function correlationOf(response: BatchAppendResp): string {
  const id = response.getCorrelationId();
  const structured = id?.getStructured();
  if (structured === undefined) return id?.getString() ?? '';
  const hex = (bits: string): string => BigInt.asUintN(64, BigInt(bits)).toString(16).padStart(16, '0');
  const digits = hex(structured.getMostSignificantBits()) + hex(structured.getLeastSignificantBits());
  return [8, 12, 16, 20, 32].map((end, n) => digits.slice([0, 8, 12, 16, 20][n], end)).join('-');
}

/**
 * @returns what a separate call would have answered; undefined: refused for a reason that a separate call explains better
 * @throws WrongExpectedVersionError
 */
export function answerIn(response: BatchAppendResp, stream: string): AppendResult | undefined {
  const success = response.getSuccess();
  if (success === undefined) {
    const details = response.getError()?.getDetails();
    if (details?.getTypeName() !== WRONG_EXPECTED_VERSION) return undefined;
    const wrong = details.unpack(
      (bytes) => sharedPb.WrongExpectedVersion.deserializeBinary(bytes),
      WRONG_EXPECTED_VERSION,
    );
    if (wrong === null) return undefined;
    const current = wrong.hasCurrentStreamRevision() ? BigInt(wrong.getCurrentStreamRevision()) : NO_STREAM;
    throw new WrongExpectedVersionError(undefined, { streamName: stream, current, expected: NO_STREAM });
  }
  const answer = { success: true, nextExpectedRevision: BigInt(success.getCurrentRevision()) };
  const position = success.getPosition();
  if (position === undefined) return answer;
  const [commit, prepare] = [BigInt(position.getCommitPosition()), BigInt(position.getPreparePosition())];
  return { ...answer, position: { commit, prepare } };
}

function optionsOf({ stream, expected }: BatchedAppend, deadlineMs: number) {
  const identifier = new sharedPb.StreamIdentifier();
  identifier.setStreamName(bytesOf(stream));
  const options = new streamsPb.BatchAppendReq.Options();
  options.setStreamIdentifier(identifier);
  if (expected === 'no-stream') options.setNoStream(new emptyPb.Empty());
  else options.setStreamPosition(String(expected));
  options.setDeadline(timestampPb.Timestamp.fromDate(new Date(Date.now() + deadlineMs)));
  return options;
}

function proposed({ id, type, data, metadata }: NewEvent) {
  const message = new streamsPb.BatchAppendReq.ProposedMessage();
  message.setId(uuidOf(id));
  message.getMetadataMap().set('type', type).set('content-type', 'application/json');
  message.setData(bytesOf(JSON.stringify(data)));
  message.setCustomMetadata(bytesOf(JSON.stringify(metadata)));
  return message;
}

function uuidOf(text: string): Uuid {
  const uuid = new sharedPb.UUID();
  uuid.setString(text);
  return uuid;
}

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
