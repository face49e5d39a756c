import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type ServerWritableStream, status } from '@grpc/grpc-js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import { notLeader, serviceError, unavailable } from './faults.js';
import { type RecordedEvent } from './log.js';
import {
  caughtUp,
  checkpoint,
  confirmation,
  readEvent,
  type ReadReq,
  type ReadResp,
  streamNameOf,
  streamNotFound,
} from './messages.js';
import { type DoubleState, requiresLeader } from './state.js';

type ReadCall = ServerWritableStream<ReadReq, ReadResp>;
type Options = NonNullable<ReturnType<ReadReq['getOptions']>>;

const { BACKWARDS } = streamsPb.ReadReq.Options.ReadDirection;
/** Events a server looks at between two checkpoints of a filtered subscription when the client does not say. */
const DEFAULT_SEARCH_WINDOW = 32;

/** `Streams.Read`: a stream or all of the log, once or as a subscription. */
export function read(state: DoubleState) {
  return (call: ReadCall): void => {
    const options = call.request.getOptions();
    if (!options) return void call.emit('error', serviceError(status.INVALID_ARGUMENT, 'no options'));
    const leader = requiresLeader(call.metadata) ? state.faults.leader : undefined;
    if (leader) return void call.emit('error', notLeader(leader));
    const answered = options.hasSubscription() ? subscribe(state, call, options) : readOnce(state, call, options);
    answered.catch((error: unknown) => call.emit('error', serviceError(status.UNKNOWN, String(error))));
  };
}

/** Hands one message to the transport and waits until it has room again, as ASP.NET's `WriteAsync` does. */
async function send(call: ReadCall, response: ReadResp): Promise<boolean> {
  if (call.cancelled || call.destroyed) return false;
  if (!call.write(response)) await Promise.race([once(call, 'drain'), once(call, 'cancelled'), once(call, 'close')]);
  return !call.cancelled && !call.destroyed;
}

async function readOnce(state: DoubleState, call: ReadCall, options: Options): Promise<void> {
  const stream = options.getStream();
  const name = streamNameOf(stream?.getStreamIdentifier());
  const events = stream ? state.log.stream(name) : state.log.all;
  if (events === undefined) {
    await send(call, streamNotFound(name));
    return void call.end();
  }
  const breakAfter = state.faults.takeReadBreak();
  const order = stream ? streamOrder(events, options) : allOrder(state, options);
  const length = events.length;
  let [sent, left] = [0, Number(options.getCount())];
  for (let index = order.first; index >= 0 && index < length && left > 0; index += order.step, left--) {
    if (sent++ === breakAfter) return void call.emit('error', unavailable('read broken'));
    if (!(await send(call, readEvent(events[index]!, stream === undefined)))) return;
  }
  if (sent === breakAfter) return void call.emit('error', unavailable('read broken'));
  call.end();
}

interface Order {
  readonly first: number;
  readonly step: 1 | -1;
}

function streamOrder(events: readonly RecordedEvent[], options: Options): Order {
  const stream = options.getStream()!;
  const last = events.length - 1;
  if (options.getReadDirection() === BACKWARDS) {
    return { first: stream.hasRevision() ? Math.min(Number(stream.getRevision()), last) : last, step: -1 };
  }
  if (stream.hasEnd()) return { first: last + 1, step: 1 };
  return { first: stream.hasRevision() ? Number(stream.getRevision()) : 0, step: 1 };
}

/** Forwards a position is inclusive, backwards it is exclusive: it points to the edge before the record. */
function allOrder(state: DoubleState, options: Options): Order {
  const all = options.getAll()!;
  const at = all.hasPosition() ? state.log.indexAt(BigInt(all.getPosition()!.getCommitPosition())) : undefined;
  if (options.getReadDirection() === BACKWARDS) return { first: (at ?? state.log.all.length) - 1, step: -1 };
  return { first: at ?? (all.hasEnd() ? state.log.all.length : 0), step: 1 };
}

async function subscribe(state: DoubleState, call: ReadCall, options: Options): Promise<void> {
  if (!options.hasAll()) throw new Error('the double knows subscriptions to all of the log only');
  const start = startOf(state, options);
  if (start === undefined) return void call.emit('error', serviceError(status.INTERNAL, 'invalid position'));
  const wake = wakeUps(state, call);
  const unregister = state.faults.registerSubscription((error) => {
    wake.stop();
    call.emit('error', error);
  });
  try {
    if (await send(call, confirmation(randomUUID()))) await follow(state, call, options, start, wake);
  } finally {
    unregister();
    wake.stop();
  }
}

/** A subscription begins behind its position, which must be a record's; `undefined` where it is not. */
function startOf(state: DoubleState, options: Options): number | undefined {
  const all = options.getAll()!;
  if (!all.hasPosition()) return all.hasEnd() ? state.log.all.length : 0;
  const position = BigInt(all.getPosition()!.getCommitPosition());
  const index = state.log.indexAt(position);
  return state.log.all[index]?.position === position ? index + 1 : undefined;
}

interface WakeUps {
  readonly stopped: boolean;
  next(): Promise<void>;
  stop(): void;
}

function wakeUps(state: DoubleState, call: ReadCall): WakeUps {
  let stopped = false;
  let wake = (): void => undefined;
  const stopListening = state.log.onGrowth(() => wake());
  const stop = (): void => {
    stopped = true;
    stopListening();
    wake();
  };
  call.on('cancelled', stop);
  return {
    get stopped() {
      return stopped || call.cancelled;
    },
    next: () => new Promise((resolve) => (wake = resolve)),
    stop,
  };
}

async function follow(
  state: DoubleState,
  call: ReadCall,
  options: Options,
  start: number,
  wake: WakeUps,
): Promise<void> {
  const wanted = filterOf(options);
  const filter = options.getFilter();
  const window = filter?.hasMax() ? filter.getMax() : DEFAULT_SEARCH_WINDOW;
  const interval = window * (filter?.getCheckpointintervalmultiplier() ?? 1);
  const breakAfter = state.faults.takeSubscriptionBreak();
  let [index, considered, sent, live] = [start, 0, 0, false];
  while (!wake.stopped) {
    const event = state.log.all[index];
    if (event === undefined) {
      if (!live && !(await send(call, caughtUp()))) return;
      live = true;
      if (state.log.all[index] === undefined) await wake.next();
      continue;
    }
    index++;
    if (wanted(event.stream, event.type)) {
      if (sent++ === breakAfter) return void call.emit('error', unavailable('subscription broken'));
      if (!(await send(call, readEvent(event, true)))) return;
    }
    if (filter && ++considered % interval === 0 && !(await send(call, checkpoint(event.position)))) return;
  }
}

function filterOf(options: Options): (stream: string, type: string) => boolean {
  const filter = options.getFilter();
  if (!filter) return () => true;
  const onStream = filter.hasStreamIdentifier();
  const expression = (onStream ? filter.getStreamIdentifier() : filter.getEventType())!;
  const regex = expression.getRegex() === '' ? undefined : new RegExp(expression.getRegex(), 'u');
  const prefixes = expression.getPrefixList();
  return (stream, type) => {
    const text = onStream ? stream : type;
    return regex ? regex.test(text) : prefixes.some((prefix) => text.startsWith(prefix));
  };
}
