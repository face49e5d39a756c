import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import {
  type Metadata,
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import { accessRefusal } from './access.js';
import { type AppendFault, notReplicated, serviceError, streamDeleted, unavailable } from './faults.js';
import { type Expectation } from './log.js';
import { type ProposedEvent } from './recorded-event.js';
import {
  allPosition,
  type AppendReq,
  type AppendResp,
  type BatchAppendReq,
  type BatchAppendResp,
  expectationOf,
  maximumAppendSizeExceeded,
  proposedEvent,
  streamIdentifier,
  streamIsDeleted,
  streamNameOf,
  structured,
  timedOut,
  wrongExpectedVersion,
} from './messages.js';
import { type DoubleState, requiresLeader } from './state.js';

interface Batch {
  readonly stream: string;
  readonly expected: Expectation;
  readonly events: ProposedEvent[];
}

/** `Streams.BatchAppend`: many appends over one call, each answered by its correlation id, in any order. */
export function batchAppend(state: DoubleState, count: () => void) {
  return (call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>): void => {
    const batches = new Map<string, Batch>();
    const work = new Set<Promise<void>>();
    call.on('data', (request: BatchAppendReq) => {
      const refusal = refusalOf(state, call.metadata, streamNameOf(request.getOptions()?.getStreamIdentifier()));
      if (refusal) return void call.emit('error', refusal);
      const batch = collect(batches, request);
      if (!request.getIsFinal() || batch === undefined) return;
      batches.delete(correlationOf(request));
      count();
      const answered = answerBatch(state, call, request, batch).finally(() => work.delete(answered));
      work.add(answered);
    });
    call.on('end', () => void Promise.all(work).then(() => call.end()));
  };
}

const refusalOf = (state: DoubleState, metadata: Metadata, stream: string): ServiceError | undefined =>
  accessRefusal(state, metadata, '$w', stream) ??
  state.standing.refusalOf({ requiresLeader: requiresLeader(metadata), writes: true });

const correlationOf = (request: BatchAppendReq): string => request.getCorrelationId()?.getString() ?? '';

function collect(batches: Map<string, Batch>, request: BatchAppendReq): Batch | undefined {
  const correlation = correlationOf(request);
  const options = request.getOptions();
  if (options && !batches.has(correlation)) {
    batches.set(correlation, {
      stream: streamNameOf(options.getStreamIdentifier()),
      expected: expectationOf({
        hasNoStream: () => options.hasNoStream(),
        hasAny: () => options.hasAny(),
        hasStreamExists: () => options.hasStreamExists(),
        revision: () => options.getStreamPosition(),
      }),
      events: [],
    });
  }
  const batch = batches.get(correlation);
  batch?.events.push(...request.getProposedMessagesList().map(proposedEvent));
  return batch;
}

async function answerBatch(
  state: DoubleState,
  call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>,
  request: BatchAppendReq,
  { stream, expected, events }: Batch,
): Promise<void> {
  const response = new streamsPb.BatchAppendResp();
  response.setCorrelationId(structured(request.getCorrelationId()));
  response.setStreamIdentifier(streamIdentifier(stream));
  const answer = await take(state, stream, expected, events);
  if (answer.kind === 'broken') return void call.emit('error', answer.error);
  if (answer.kind === 'unanswered') return;
  if (answer.kind === 'appended') {
    const success = new streamsPb.BatchAppendResp.Success();
    success.setCurrentRevision(answer.revision.toString());
    success.setPosition(allPosition(answer.position));
    response.setSuccess(success);
  } else if (answer.kind === 'wrong-expected-version') {
    response.setError(wrongExpectedVersion(expected, answer.current));
  } else if (answer.kind === 'stream-deleted') {
    response.setError(streamIsDeleted(stream));
  } else {
    response.setError(answer.kind === 'timed-out' ? timedOut() : maximumAppendSizeExceeded(state.maxAppendBytes));
  }
  if (call.writable && !call.cancelled) call.write(response);
}

/** `Streams.Append`: one append a call. */
export function append(state: DoubleState) {
  return (call: ServerReadableStream<AppendReq, AppendResp>, respond: sendUnaryData<AppendResp>): void => {
    let stream = '';
    let expected: Expectation = 'any';
    const events: ProposedEvent[] = [];
    call.on('data', (request: AppendReq) => {
      const options = request.getOptions();
      if (options) {
        stream = streamNameOf(options.getStreamIdentifier());
        expected = expectationOf({
          hasNoStream: () => options.hasNoStream(),
          hasAny: () => options.hasAny(),
          hasStreamExists: () => options.hasStreamExists(),
          revision: () => options.getRevision(),
        });
      }
      const message = request.getProposedMessage();
      if (message) events.push(proposedEvent(message));
    });
    const answer = async (): Promise<void> => {
      // The end of an interrupted call is seen before its cancellation; half of an append must not be written.
      await nextTurn();
      if (call.cancelled) return;
      const refusal = refusalOf(state, call.metadata, stream);
      if (refusal) return respond(refusal);
      const taken = await take(state, stream, expected, events);
      if (taken.kind === 'broken') respond(taken.error);
      else if (taken.kind === 'timed-out') respond(serviceError(status.ABORTED, 'Operation timed out'));
      else if (taken.kind === 'stream-deleted') respond(streamDeleted(stream));
      else if (taken.kind === 'too-large') respond(tooLarge(state.maxAppendBytes));
      else if (taken.kind === 'appended') respond(null, appended(taken.revision, taken.position));
      else if (taken.kind === 'wrong-expected-version') respond(null, conflict(taken.current));
    };
    call.on('end', () => void answer());
  };
}

type Answer =
  | { readonly kind: 'appended'; readonly revision: bigint; readonly position: bigint }
  | { readonly kind: 'wrong-expected-version'; readonly current: bigint | undefined }
  | { readonly kind: 'broken'; readonly error: ServiceError }
  | { readonly kind: 'too-large' | 'timed-out' | 'unanswered' | 'stream-deleted' };

/** Writes the append, here or at the leader to which it is forwarded, or fails as the next fault says. */
async function take(
  state: DoubleState,
  stream: string,
  expected: Expectation,
  events: readonly ProposedEvent[],
): Promise<Answer> {
  const { faults, standing, maxAppendBytes } = state;
  const bytes = events.reduce((sum, event) => sum + event.data.length + event.customMetadata.length, 0);
  if (bytes > maxAppendBytes) return { kind: 'too-large' };
  const fault = faults.takeAppendFault();
  if (fault === 'lost-before-write') return { kind: 'broken', error: unavailable('Server Is Not Ready') };
  const writer = standing.writer();
  if (writer === undefined) return { kind: 'broken', error: unavailable('Server Is Not Ready') };
  if (fault === 'crossed') writer.log.append(stream, 'any', [state.eventOfAnotherClient()]);
  const outcome = writer.log.append(stream, expected, events);
  if (faults.appendDelayMs > 0) await delay(faults.appendDelayMs);
  if (outcome.kind === 'appended' && !(await writer.standing.replicated(outcome.position))) {
    return { kind: 'broken', error: notReplicated() };
  }
  return afterWrite(fault) ?? outcome;
}

function afterWrite(fault: AppendFault | undefined): Answer | undefined {
  if (fault === 'lost-after-write') return { kind: 'broken', error: unavailable('Connection dropped') };
  if (fault === 'reset-after-write') {
    return { kind: 'broken', error: serviceError(status.INTERNAL, 'Received RST_STREAM with code 2') };
  }
  return fault === 'unanswered' || fault === 'timed-out' ? { kind: fault } : undefined;
}

function tooLarge(bytes: number): ServiceError {
  return serviceError(status.INVALID_ARGUMENT, `Maximum Append Size of ${bytes} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(bytes),
  });
}

function appended(revision: bigint, position: bigint): AppendResp {
  const place = new streamsPb.AppendResp.Position();
  place.setCommitPosition(position.toString());
  place.setPreparePosition(position.toString());
  const success = new streamsPb.AppendResp.Success();
  success.setCurrentRevision(revision.toString());
  success.setPosition(place);
  const response = new streamsPb.AppendResp();
  response.setSuccess(success);
  return response;
}

function conflict(current: bigint | undefined): AppendResp {
  const wrong = new streamsPb.AppendResp.WrongExpectedVersion();
  if (current === undefined) wrong.setCurrentNoStream(new sharedPb.Empty());
  else wrong.setCurrentRevision(current.toString());
  const response = new streamsPb.AppendResp();
  response.setWrongExpectedVersion(wrong);
  return response;
}
