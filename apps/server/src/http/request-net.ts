import { AsyncLocalStorage } from 'node:async_hooks';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { sendProblem } from '../problem/problem.filter.js';

interface UnderWay {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/**
 * The outermost net below requests: an exception that nothing has caught, thrown by work that was begun for a request,
 * however much later, is attributed to that request. It is answered 500 and logged with the request's id; the others go on.
 */
export class RequestNet {
  readonly #underWay = new AsyncLocalStorage<UnderWay>();

  /** Before any other hook, so that what they do is covered too. */
  constructor(fastify: FastifyInstance) {
    fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
      // Not `run`: the parser that has called this brings the body later, from outside of what `run` would call.
      this.#underWay.enterWith({ request, reply });
      done();
    });
  }

  /**
   * For an exception that has reached the process, in whose handler it must be called.
   * @returns false when it belongs to no request: then nobody knows what state the process is in
   */
  catch(error: unknown): boolean {
    const underWay = this.#underWay.getStore();
    if (underWay === undefined) return false;
    const { request, reply } = underWay;
    if (!reply.sent) {
      sendProblem(reply, request, error);
      return true;
    }
    request.log.error({ err: error }, 'an error came after the answer, or in the midst of it');
    // A client can recognise an answer that is cut off, but not one that never ends.
    if (!reply.raw.writableFinished) reply.raw.destroy();
    return true;
  }
}
