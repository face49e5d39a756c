import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type CommandReceipt } from '#recording';
import { IDEMPOTENCY_KEY } from '../intake/command-line.js';
import { Problem } from '../problem/problem.js';

/** @throws Problem `invalid-request` for a malformed header */
export function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const key = headerOf(request, 'idempotency-key');
  if (key !== undefined && !IDEMPOTENCY_KEY.test(key)) {
    throw headerProblem('Idempotency-Key', 'must be 1 to 255 printable ASCII characters without spaces');
  }
  return key;
}

/** The detached JWS that came with a command. */
export function signatureOf(request: FastifyRequest): string | undefined {
  return headerOf(request, 'lodebook-signature');
}

/** Answers 201 with the stream's revision as `ETag`, and the position for reading one's own write. */
export function answerRecorded(reply: FastifyReply, { events, replayed, warnings }: CommandReceipt): CommandAnswer {
  const last = events.at(-1)!;
  void reply.status(201).header('etag', `"${last.revision}"`).header('ledger-position', last.position);
  if (replayed) void reply.header('idempotent-replayed', 'true');
  return warnings ? { events, warnings } : { events };
}

/** What a command's answer carries. */
export type CommandAnswer = Pick<CommandReceipt, 'events' | 'warnings'>;

/** @throws Problem `invalid-request` for a malformed header */
export function ifMatchOf(request: FastifyRequest): bigint | undefined {
  const text = headerOf(request, 'if-match');
  if (text === undefined || text === '*') return undefined;
  const revision = /^"(\d{1,19})"$/.exec(text)?.[1];
  if (revision === undefined)
    throw headerProblem('If-Match', 'must be a revision in double quotes, as the ETag gave it');
  return BigInt(revision);
}

export function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

export function headerProblem(name: string, problem: string): Problem {
  return new Problem('invalid-request', `The header ${name} ${problem}.`, [
    { path: `header ${name}`, code: 'malformed', message: problem },
  ]);
}
