import { type FastifyReply, type FastifyRequest } from 'fastify';
import { knownPrincipalOf } from '../caller/principal.js';

/**
 * A not-found is sent a whole number of these steps after its request arrived, in milliseconds: far more than a lookup
 * takes.
 */
const STEP_MS = 20;
/**
 * Timers fire a millisecond early or late, depending on when they were set: the last part of the wait is checked turn
 * by turn.
 */
const BEFORE_MS = 2;

/**
 * Sends a not-found at a moment that does not depend on what was looked up. Hidden and missing objects cost different
 * reads (a stream with events or without); their answers are the same, and so is their timing.
 */
export function sendInStep(reply: FastifyReply, request: FastifyRequest, send: () => void): void {
  // Without a key, nothing is looked up that is hidden from anybody.
  if (knownPrincipalOf(request) === undefined) return send();
  atNextStep(reply, send);
}

/** Resolves at such a moment: for an answer that contains nothing hidden but whose lookup involved hidden objects. */
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
