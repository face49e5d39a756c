import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { isAnyone, type Principal } from '#access';
import { sendProblem } from '../problem/problem.filter.js';
import { Problem } from '../problem/problem.js';
import { Load, SHARE_OF_ORGANISATION, SHARE_OF_PRINCIPAL, type Holder } from './load.js';
import { networkOf } from './rate-limits.js';
import { SlowBodies } from './slow-bodies.js';

/** Seconds after which a client that was turned away may come again. */
const COME_AGAIN_SECONDS = 2;
/** Answered under any load: the operator must be able to see that the ledger is overloaded. */
const ALWAYS_ANSWERED = /^\/(?:health\/|metrics(?:$|\?))/;

interface Bodies {
  /** Largest body of a single command, in bytes: a body without a declared length counts as this much. */
  readonly largestBody: number;
  /** How much of a stream of commands may be in memory at once, in bytes. */
  readonly streamBytes: number;
  /** Whether a request's route reads its body as a stream of commands. */
  readonly isStream: (request: FastifyRequest) => boolean;
}

/**
 * Turns a request away before it costs anything: when there is more in progress than the server can hold, the answer is
 * `overloaded` and says when to retry. Bodies that do not arrive are abandoned.
 * @returns a function to call once the caller is known: a caller that has its share of all work in progress is answered
 *   `rate-limited`, and others are served
 */
export function admit(
  fastify: FastifyInstance,
  bodies: Bodies,
): (whoIs: (request: FastifyRequest) => Principal | undefined) => void {
  const load = new Load();
  const slow = new SlowBodies();
  const bytesOf = (request: FastifyRequest): number =>
    bodies.isStream(request) ? bodies.streamBytes : bodyBytesOf(request, bodies.largestBody);

  fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    const bytes = bytesOf(request);
    if (!ALWAYS_ANSWERED.test(request.url)) {
      const why = load.enter(bytes);
      if (why !== undefined) {
        return sendProblem(reply, request, new Problem('overloaded', why, [], COME_AGAIN_SECONDS));
      }
      reply.raw.once('close', () => load.leave(bytes)); // also when the client has disconnected and nothing is answered
    }
    if (bytes > 0) {
      if (!bodies.isStream(request)) slow.began(request);
      reply.raw.once('close', () => slow.answered(request));
    }
    done();
  });
  fastify.addHook('preValidation', (request: FastifyRequest, _reply: FastifyReply, done: () => void) => {
    slow.came(request);
    done();
  });
  fastify.addHook('onClose', (_instance: FastifyInstance, done: () => void) => {
    load.close();
    slow.close();
    done();
  });
  return (whoIs) =>
    fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
      if (ALWAYS_ANSWERED.test(request.url)) return done();
      const holders = holdersOf(request, whoIs(request));
      const bytes = bytesOf(request);
      const why = load.share(holders, bytes);
      if (why !== undefined) {
        return sendProblem(reply, request, new Problem('rate-limited', why, [], COME_AGAIN_SECONDS));
      }
      reply.raw.once('close', () => load.giveBack(holders, bytes));
      done();
    });
}

function holdersOf(request: FastifyRequest, principal: Principal | undefined): Holder[] {
  if (principal === undefined || isAnyone(principal)) {
    return [{ id: `address ${networkOf(request.ip)}`, called: 'address', share: SHARE_OF_PRINCIPAL }];
  }
  const own: Holder = { id: `principal ${principal.principal}`, called: 'principal', share: SHARE_OF_PRINCIPAL };
  const { organisation } = principal;
  if (organisation === undefined) return [own];
  return [own, { id: `organisation ${organisation}`, called: 'organisation', share: SHARE_OF_ORGANISATION }];
}

function bodyBytesOf({ headers }: FastifyRequest, largestBody: number): number {
  if (headers['transfer-encoding'] !== undefined) return largestBody;
  return Math.min(Number(headers['content-length'] ?? 0), largestBody);
}
