import { randomUUID } from 'node:crypto';
import { type ServerWritableStream, type ServiceError, status } from '@grpc/grpc-js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import { accessRefusal } from './access.js';
import { serviceError, streamDeleted, tooSlow, unavailable } from './faults.js';
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
import { UNBOUNDED } from './stream-metadata.js';

type ReadCall = ServerWritableStream<ReadReq, ReadResp>;
type Options = NonNullable<ReturnType<ReadReq['getOptions']>>;

const { BACKWARDS } = streamsPb.ReadReq.Options.ReadDirection;
/** Events a server examines between two checkpoints of a filtered subscription by default. */
const DEFAULT_SEARCH_WINDOW = 32;

/** `Streams.Read`: a stream or the whole log, once or as a subscription. */
export function read(state: DoubleState) {
  return (call: ReadCall): void => {
    const answers = new Answers(call);
    const options = call.request.getOptions();
    if (!options) return void answers.fail(serviceError(status.INVALID_ARGUMENT, 'no options'));
    const name = options.hasAll() ? '$all' : streamNameOf(options.getStream()?.getStreamIdentifier());
    const refusal =
      accessRefusal(state, call.metadata, '$r', name) ??
      state.standing.refusalOf({ requiresLeader: requiresLeader(call.metadata), writes: false });
    if (refusal) return void answers.fail(refusal);
    const answered = options.hasSubscription() ? subscribe(state, answers, options) : readOnce(state, answers, options);
    answered.catch((error: unknown) => answers.fail(serviceError(status.UNKNOWN, String(error))));
  };
}

/** Messages that the transport of a call buffers before its server waits: Node's default for object streams. */
const MESSAGES_UNDER_WAY = 16;

/** The answers to a call, in their order. */
class Answers {
  readonly #waiting: (() => void)[] = [];
  #underWay = 0;

  constructor(readonly call: ReadCall) {
    call.on('cancelled', () => this.#look());
    call.on('close', () => this.#look());
  }

  /** Waits while the transport's buffer is full. @returns false when nobody listens. */
  async send(response: ReadResp): Promise<boolean> {
    if (!this.#open) return false;
    this.#underWay++;
    this.call.write(response, () => {
      this.#underWay--;
      this.#look();
    });
    await this.#until(MESSAGES_UNDER_WAY - 1);
    return this.#open;
  }

  end(): void {
    this.call.end();
  }

  /** Fails after everything that was sent. */
  async fail(error: ServiceError): Promise<void> {
    await this.#until(0);
    this.break(error);
  }

  /** Fails at once, whatever is in progress. */
  break(error: ServiceError): void {
    this.call.emit('error', error);
  }

  async #until(underWay: number): Promise<void> {
    while (this.#open && this.#underWay > underWay) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #look(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  get #open(): boolean {
    return !this.call.cancelled && this.call.writable;
  }
}

async function readOnce(state: DoubleState, answers: Answers, options: Options): Promise<void> {
  const stream = options.getStream();
  const name = streamNameOf(stream?.getStreamIdentifier());
  if (stream && state.log.isTombstoned(name)) return void answers.fail(streamDeleted(name));
  const bounds = stream ? state.log.boundsOf(name) : UNBOUNDED;
  const events = stream ? (state.log.stream(name) ?? []) : state.log.all;
  const length = stream ? state.log.readableOf(events) : state.log.readable;
  if (stream && (length === 0 || bounds.softlyDeleted)) {
    await answers.send(streamNotFound(name));
    return answers.end();
  }
  const breakAfter = state.faults.takeReadBreak();
  const order = stream ? streamOrder(length, options) : allOrder(state, options);
  let [sent, left] = [0, Number(options.getCount())];
  for (let index = order.first; index >= 0 && index < length && left > 0; index += order.step) {
    const event = events[index]!;
    if (stream && (event.revision < bounds.firstRevision || event.createdMs < bounds.oldestMs)) continue;
    if (sent++ === breakAfter) return void answers.fail(unavailable('read broken'));
    if (!(await answers.send(readEvent(event, stream === undefined)))) return;
    left--;
  }
  if (sent === breakAfter) return void answers.fail(unavailable('read broken'));
  answers.end();
}

interface Order {
  readonly first: number;
  readonly step: 1 | -1;
}

function streamOrder(length: number, options: Options): Order {
  const stream = options.getStream()!;
  const last = length - 1;
  if (options.getReadDirection() === BACKWARDS) {
    return { first: stream.hasRevision() ? Math.min(Number(stream.getRevision()), last) : last, step: -1 };
  }
  if (stream.hasEnd()) return { first: last + 1, step: 1 };
  return { first: stream.hasRevision() ? Number(stream.getRevision()) : 0, step: 1 };
}

/** Forwards a position is inclusive, backwards it is exclusive: it points to the edge before the record. */
function allOrder(state: DoubleState, options: Options): Order {
  const all = options.getAll()!;
  const end = state.log.readable;
  const at = all.hasPosition() ? state.log.indexAt(BigInt(all.getPosition()!.getCommitPosition())) : undefined;
  if (options.getReadDirection() === BACKWARDS) return { first: Math.min(at ?? end, end) - 1, step: -1 };
  return { first: at ?? (all.hasEnd() ? end : 0), step: 1 };
}

async function subscribe(state: DoubleState, answers: Answers, options: Options): Promise<void> {
  if (!options.hasAll()) throw new Error('the double knows subscriptions to all of the log only');
  const start = startOf(state, options);
  if (start === undefined) return void answers.fail(serviceError(status.INTERNAL, 'invalid position'));
  state.faults.lastSubscriptionStart = state.log.all[start - 1]?.position;
  const wake = wakeUps(state, answers.call);
  const unregister = state.faults.registerSubscription((error) => {
    wake.stop();
    answers.break(error);
  });
  try {
    if (await answers.send(confirmation(randomUUID()))) await follow(state, answers, options, start, wake);
  } finally {
    unregister();
    wake.stop();
  }
}

/**
 * A subscription begins after its position, which must be that of a record; otherwise `undefined`. A position beyond
 * the end of the log counts as the end: what is later written at or before it is skipped silently.
 */
function startOf({ log }: DoubleState, options: Options): number | undefined {
  const all = options.getAll()!;
  if (!all.hasPosition()) return all.hasEnd() ? log.readable : 0;
  const position = BigInt(all.getPosition()!.getCommitPosition());
  const index = log.indexAt(position);
  if (index === log.all.length) return index;
  return log.all[index]!.position === position ? index + 1 : undefined;
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
  answers: Answers,
  options: Options,
  start: number,
  wake: WakeUps,
): Promise<void> {
  const wanted = filterOf(options);
  const all = options.getAll()!;
  const after = all.hasPosition() ? BigInt(all.getPosition()!.getCommitPosition()) : undefined;
  const filter = options.getFilter();
  const window = filter?.hasMax() ? filter.getMax() : DEFAULT_SEARCH_WINDOW;
  const interval = window * (filter?.getCheckpointintervalmultiplier() ?? 1);
  const breakAfter = state.faults.takeSubscriptionBreak();
  const tellsCaughtUp = !isBefore2310(state.version);
  const { log, faults } = state;
  let [index, considered, sent, live] = [start, 0, 0, false];
  while (!wake.stopped) {
    if (index >= log.readable) {
      if (!live && tellsCaughtUp && !(await answers.send(caughtUp()))) return;
      live = true;
      if (index >= log.readable) await wake.next();
      continue;
    }
    if (live && log.readable - index > faults.liveBufferEvents) return void answers.fail(tooSlow());
    const event = log.all[index++]!;
    if (after !== undefined && event.position <= after) continue;
    if (wanted(event.stream, event.type)) {
      if (sent++ === breakAfter) return void answers.fail(unavailable('subscription broken'));
      if (!(await answers.send(readEvent(event, true)))) return;
    }
    if (filter && ++considered % interval === 0 && !(await answers.send(checkpoint(event.position)))) return;
  }
}

function isBefore2310(version: string): boolean {
  const [year, month] = version.split('.').map(Number);
  return year! * 100 + month! < 2310;
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
