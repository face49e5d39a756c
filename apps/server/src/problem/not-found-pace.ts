import { type FastifyReply, type FastifyRequest } from 'fastify';
import { knownPrincipalOf } from '../caller/principal.js';

/** A not-found goes out at a whole number of these after its request came, in milliseconds: far more than a look-up takes. */
const STEP_MS = 20;
/** Timers fire a millisecond early or late, by when they were set: the last of the wait is looked at turn by turn. */
const BEFORE_MS = 2;

/**
 * Sends a not-found at a moment that does not hang on what was looked up. What one may not know of and what is not there
 * cost different reads (a stream with events or without); the answers are the same, and so is their time.
 */
export function sendInStep(reply: FastifyReply, request: FastifyRequest, send: () => void): void {
  // Without a key nothing is looked up that others may not see.
  if (knownPrincipalOf(request) === undefined) return send();
  atNextStep(reply, send);
}

/** Resolves at such a moment: for an answer that hidden things have no part in, but were looked at for. */
export function nextStep(reply: FastifyReply): Promise<void> {
  return new Promise((resolve) => atNextStep(reply, resolve));
}

function atNextStep(reply: FastifyReply, go: () => void): void {
  const began = performance.now() - reply.elapsedTime;
  const due = began + Math.ceil((reply.elapsedTime + BEFORE_MS) / STEP_MS) * STEP_MS;
  const waitForTurn = (): void => {
    if (performance.now() < due) setImmediate(waitForTurn);
    else go();
  };
  setTimeout(waitForTurn, Math.max(0, due - performance.now() - BEFORE_MS));
}
