import { type FastifyReply } from 'fastify';

/** Aborted when the connection of a reply has ended, answered or not. */
export function whenGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  if (reply.raw.destroyed) gone.abort();
  else reply.raw.once('close', () => gone.abort());
  return gone.signal;
}
