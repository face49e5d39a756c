import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type FastifyInstance } from 'fastify';

/** How long a stop waits for answers in progress, milliseconds. */
const LONGEST_FAREWELL_MS = 4_000;
/** How often it checks whether they have been sent, milliseconds. */
const LOOK_MS = 20;
/**
 * For how long to read what a client still sends after its last answer, milliseconds: a reset could lose that answer.
 */
const LINGER_MS = 100;

/**
 * Listeners for the end of one answer: our hooks, Fastify and its streams have more than the ten at which Node suspects
 * a leak.
 */
const LISTENERS = 20;

/** Stops a server in order: take nothing new, answer what is in progress, and only then close connections. */
@Injectable()
export class Stopping {
  readonly #begun = new AbortController();
  readonly #underWay = new Set<object>();
  /** Waits that are given up when the server begins to stop. */
  readonly #waiting = new Set<() => void>();

  /** Aborts when the server begins to stop: a stream takes no further line then. */
  get signal(): AbortSignal {
    return this.#begun.signal;
  }

  /** Resolves as the promise does, or with undefined once the server begins to stop. */
  async unlessBegun<T>(awaited: Promise<T>): Promise<T | undefined> {
    let giveUp = (): void => undefined;
    const begun = new Promise<undefined>((resolve) => (giveUp = () => resolve(undefined)));
    if (this.signal.aborted) giveUp();
    this.#waiting.add(giveUp);
    try {
      return await Promise.race([awaited, begun]);
    } finally {
      this.#waiting.delete(giveUp);
    }
  }

  /** Keeps count of the requests of a server. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (_request, reply, done) => {
      const { raw } = reply;
      raw.setMaxListeners(LISTENERS);
      this.#underWay.add(raw);
      raw.once('close', () => this.#underWay.delete(raw));
      if (this.signal.aborted) void reply.header('connection', 'close');
      done();
    });
  }

  /** Resolves once everything is answered, or when that takes too long. @returns how many requests were not answered */
  async drain(fastify: FastifyInstance): Promise<number> {
    const { server } = fastify;
    server.close(); // no new connections; existing ones continue
    this.#begun.abort();
    for (const giveUp of this.#waiting) giveUp();
    server.closeIdleConnections();
    const until = performance.now() + LONGEST_FAREWELL_MS;
    while (this.#underWay.size > 0 && performance.now() < until) await pause(LOOK_MS);
    await pause(LINGER_MS);
    return this.#underWay.size;
  }
}

/** Items until a signal aborts; an item that is still awaited then is not waited for. */
export async function* until<T>(signal: AbortSignal, items: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]();
  let stop = (): void => undefined;
  const onAbort = (): void => stop();
  signal.addEventListener('abort', onAbort);
  try {
    while (!signal.aborted) {
      const next = await new Promise<IteratorResult<T, unknown> | undefined>((resolve, reject) => {
        stop = () => resolve(undefined);
        iterator.next().then(resolve, reject);
      });
      if (next === undefined || next.done === true) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    // Not waited for: the iterator may be in the middle of a read that never ends.
    void iterator.return?.()?.then(undefined, () => undefined);
  }
}
