import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { STREAM_BYTES } from '../intake/command-stream.js';
import { sendProblem } from '../problem/problem.filter.js';
import { Problem } from '../problem/problem.js';
import { Load } from './load.js';
import { rateLimited, type RateLimits } from './rate-limits.js';
import { SlowBodies } from './slow-bodies.js';

/** Seconds after which a client that was turned away may come again. */
const COME_AGAIN_SECONDS = 2;
/** Answered whatever the load is: who looks after the ledger must see that it is overloaded. */
const ALWAYS_ANSWERED = /^\/(?:health\/|metrics(?:$|\?))/;

/**
 * At the door, before a request costs anything: whoever asks too often is answered `rate-limited`, and when there is more
 * under way than the server can hold, `overloaded`; both say when to come again. Bodies that do not come are given up.
 * @param largestBody of a single command, in bytes: what a body without a declared length counts as
 * @param isStream whether a request's route reads its body as a stream of commands
 */
export function admit(
  fastify: FastifyInstance,
  limits: RateLimits,
  { largestBody, isStream }: { largestBody: number; isStream: (request: FastifyRequest) => boolean },
): void {
  const load = new Load();
  const slow = new SlowBodies();

  fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    const exhausted = limits.atTheDoor(request);
    if (exhausted) return sendProblem(reply, request, rateLimited(reply, exhausted));
    const streams = isStream(request);
    const bytes = streams ? STREAM_BYTES : bodyBytesOf(request, largestBody);
    if (!ALWAYS_ANSWERED.test(request.url)) {
      const why = load.enter(bytes);
      if (why !== undefined) {
        return sendProblem(reply, request, new Problem('overloaded', why, [], COME_AGAIN_SECONDS));
      }
      reply.raw.once('close', () => load.leave(bytes)); // also when the client is gone: then nothing is answered
    }
    if (bytes > 0) {
      if (!streams) slow.began(request);
      reply.raw.once('close', () => slow.answered(request));
    }
    done();
  });
  fastify.addHook('preValidation', (request: FastifyRequest, _reply: FastifyReply, done: () => void) => {
    slow.came(request);
    done();
  });
  fastify.addHook('onResponse', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    if (reply.statusCode === 401 && request.headers.authorization !== undefined) limits.failed(request);
    done();
  });
  fastify.addHook('onClose', (_instance: FastifyInstance, done: () => void) => {
    load.close();
    slow.close();
    done();
  });
}

function bodyBytesOf({ headers }: FastifyRequest, largestBody: number): number {
  if (headers['transfer-encoding'] !== undefined) return largestBody;
  return Math.min(Number(headers['content-length'] ?? 0), largestBody);
}
