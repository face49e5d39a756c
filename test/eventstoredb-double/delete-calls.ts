import {
  type Metadata,
  type sendUnaryData,
  type ServerUnaryCall as Call,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import { accessRefusal } from './access.js';
import { notReady, serviceError, streamDeleted } from './faults.js';
import { type DoubleLog, type Expectation } from './log.js';
import { expectationOf, streamNameOf } from './messages.js';
import { type DoubleState, requiresLeader } from './state.js';

type Streams = typeof streamsPb;
type DeleteReq = InstanceType<Streams['DeleteReq']>;
type DeleteResp = InstanceType<Streams['DeleteResp']>;
type TombstoneReq = InstanceType<Streams['TombstoneReq']>;
type TombstoneResp = InstanceType<Streams['TombstoneResp']>;

/** `Streams.Delete`: the stream's `$tb` is set behind everything; an append brings it back. */
export function softDelete(state: DoubleState) {
  return ({ metadata, request }: Call<DeleteReq, DeleteResp>, respond: sendUnaryData<DeleteResp>): void => {
    const { stream, expected } = wantedOf(request);
    const { log, refusal } = writable(state, metadata, stream, expected);
    if (refusal) return respond(refusal);
    const { position } = log.softDelete(stream);
    const place = new streamsPb.DeleteResp.Position();
    place.setCommitPosition(String(position));
    place.setPreparePosition(String(position));
    const response = new streamsPb.DeleteResp();
    response.setPosition(place);
    respond(null, response);
  };
}

/** `Streams.Tombstone`: the stream is deleted permanently. */
export function tombstone(state: DoubleState) {
  return ({ metadata, request }: Call<TombstoneReq, TombstoneResp>, respond: sendUnaryData<TombstoneResp>): void => {
    const { stream, expected } = wantedOf(request);
    const { log, refusal } = writable(state, metadata, stream, expected);
    if (refusal) return respond(refusal);
    const { position } = log.tombstone(stream);
    const place = new streamsPb.TombstoneResp.Position();
    place.setCommitPosition(String(position));
    place.setPreparePosition(String(position));
    const response = new streamsPb.TombstoneResp();
    response.setPosition(place);
    respond(null, response);
  };
}

function wantedOf(request: DeleteReq | TombstoneReq): { stream: string; expected: Expectation } {
  const options = request.getOptions()!;
  return {
    stream: streamNameOf(options.getStreamIdentifier()),
    expected: expectationOf({
      hasNoStream: () => options.hasNoStream(),
      hasAny: () => options.hasAny(),
      hasStreamExists: () => options.hasStreamExists(),
      revision: () => options.getRevision(),
    }),
  };
}

/** The log in which the stream is deleted, or why it is not. */
function writable(
  state: DoubleState,
  metadata: Metadata,
  stream: string,
  expected: Expectation,
): { readonly log: DoubleLog; readonly refusal: ServiceError | undefined } {
  const { log: own, standing } = state;
  const log = standing.writer()?.log;
  const refusal =
    accessRefusal(state, metadata, '$d', stream) ??
    standing.refusalOf({ requiresLeader: requiresLeader(metadata), writes: true }) ??
    (log === undefined ? notReady() : refusalOf(log, stream, expected));
  return { log: log ?? own, refusal };
}

function refusalOf(log: DoubleLog, stream: string, expected: Expectation): ServiceError | undefined {
  if (log.isTombstoned(stream)) return streamDeleted(stream);
  const current = log.currentRevision(stream);
  const wanted = expected === 'no-stream' ? -1n : expected;
  if (typeof wanted !== 'bigint' || wanted === current) return undefined;
  return serviceError(status.FAILED_PRECONDITION, `WrongExpectedVersion: ${expected}, ${current}`, {
    exception: 'wrong-expected-version',
    'stream-name': stream,
    'expected-version': String(wanted),
    ...(current >= 0n && { 'actual-version': String(current) }),
  });
}
