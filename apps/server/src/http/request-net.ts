import { AsyncLocalStorage } from 'node:async_hooks';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { sendProblem } from '../problem/problem.filter.js';

interface UnderWay {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/**
 * The last resort for uncaught exceptions: one thrown by work that was started for a request, however much later, is
 * attributed to that request, which is answered 500 and logged with its id; the other requests continue.
 */
export class RequestNet {
  readonly #underWay = new AsyncLocalStorage<UnderWay>();

  /** Added before any other hook, so that their work is covered too. */
  constructor(fastify: FastifyInstance) {
    fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
      // Not `run`: the parser that has called this delivers the body later, outside the call that `run` would make.
      this.#underWay.enterWith({ request, reply });
      done();
    });
  }

  /**
   * For an exception that has reached the process; must be called in the process's handler.
   * @returns false when it belongs to no request: then the state of the process is unknown
   */
  catch(error: unknown): boolean {
    const underWay = this.#underWay.getStore();
    if (underWay === undefined) return false;
    const { request, reply } = underWay;
    if (!reply.sent) {
      sendProblem(reply, request, error);
      return true;
    }
    request.log.error({ err: error }, 'an error occurred after the answer or during it');
    // A client can recognise an answer that is cut off, but not one that never ends.
    if (!reply.raw.writableFinished) reply.raw.destroy();
    return true;
  }
}
