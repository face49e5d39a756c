import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { AuditError } from '#audit';
import { EventStoreError } from '#event-store';
import { ViewsError } from '#read-model';
import { CommandRefused, StaleRevision } from '#recording';
import { sendInStep } from './not-found-pace.js';
import { Problem, type ProblemCode } from './problem.js';

/** Turns every error into a problem document; an unexpected one is logged, and answered without detail. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendProblem(http.getResponse<FastifyReply>(), http.getRequest<FastifyRequest>(), error);
  }
}

export function sendProblem(reply: FastifyReply, request: FastifyRequest, error: unknown): void {
  const problem = problemOf(error);
  // An outage of the event store is logged once, not by every command that runs into it.
  const isTold = error instanceof EventStoreError && error.code === 'store-unavailable';
  if (problem.status >= 500 && !isTold) request.log.error({ err: error }, problem.detail);
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer realm="lodebook"');
  if (problem.retryAfterSeconds !== undefined) void reply.header('retry-after', String(problem.retryAfterSeconds));
  const document = JSON.stringify(problem.toDocument());
  const send = (): void => void reply.status(problem.status).type('application/problem+json').send(document);
  if (problem.code === 'not-found') sendInStep(reply, request, send);
  else send();
}

/** The problem that tells the client about an error. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof CommandRefused) return refusedProblem(error);
  if (error instanceof EventStoreError) return storeProblem(error);
  if (error instanceof AuditError) return auditProblem(error);
  if (error instanceof ViewsError && error.code === 'invalid-cursor') {
    const message = 'cursor must be one that this list gave';
    return new Problem('invalid-request', message, [{ path: 'query cursor', code: 'malformed', message }]);
  }
  const status = statusOf(error);
  if (status === 404) return new Problem('not-found', 'There is nothing at this address.');
  if (status === 413) return new Problem('too-large', 'The request is larger than this route accepts.');
  if (status === 415)
    return new Problem(
      'unsupported-media-type',
      'Send application/json, or application/x-ndjson where commands are streamed.',
    );
  if (status !== undefined && status >= 400 && status < 500) {
    const message = error instanceof Error ? error.message : 'malformed';
    return new Problem('invalid-request', message, [{ path: '', code: 'malformed', message }]);
  }
  return new Problem('internal-error', 'The server failed unexpectedly; the request itself may be correct.');
}

/** `If-Match` has the status that HTTP gives a failed precondition. */
function refusedProblem(refused: CommandRefused): Problem {
  const { code, detail, errors, retryAfterSeconds } = refused;
  const status = refused instanceof StaleRevision ? 412 : undefined;
  return new Problem(code as ProblemCode, detail, errors, retryAfterSeconds, status);
}

const CODE_OF = {
  'not-found': 'not-found',
  'not-yet': 'overloaded',
  'too-large': 'too-large',
  'key-not-replaceable': 'invalid-request',
  'signing-key-missing': 'signing-key-missing',
} as const satisfies Record<AuditError['code'], ProblemCode>;

function auditProblem({ code, message, retryAfterSeconds }: AuditError): Problem {
  return new Problem(CODE_OF[code], message, [], retryAfterSeconds);
}

/** The cause of a store's failure is for the operator's log, not for the client. */
function storeProblem(error: EventStoreError): Problem {
  switch (error.code) {
    case 'invalid-event':
      return new Problem(
        'invalid-request',
        'The event contains something that JSON cannot represent, such as a lone surrogate or NaN.',
      );
    case 'event-too-large':
      return new Problem('too-large', 'The event would be larger than the ledger accepts.');
    case 'revision-conflict':
      return new Problem('revision-conflict', 'Others changed the stream in the meantime; send the command again.');
    case 'event-id-reused':
      return new Problem(
        'idempotency-key-reused',
        'This Idempotency-Key was used for another request; a new request needs a new key.',
      );
    case 'stream-altered':
      return new Problem(
        'stream-altered',
        'Somebody other than this ledger has changed a stream that this command depends on; the stream takes no commands until the operator has resolved that.',
      );
    case 'storage-full':
      return new Problem('overloaded', 'The ledger’s disk is full; nothing was recorded.', [], 60);
    default:
      return new Problem(
        'overloaded',
        'The ledger cannot do this now; whether it recorded anything is not known.',
        [],
        10,
      );
  }
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const status: unknown =
    typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}
