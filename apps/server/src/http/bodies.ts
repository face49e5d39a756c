import { type IncomingMessage } from 'node:http';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { utf8TextOf, valueOfJson } from '../intake/json.js';
import { sendProblem } from '../problem/problem.filter.js';
import { Problem } from '../problem/problem.js';

export const JSON_TYPE = 'application/json';
export const NDJSON = 'application/x-ndjson';

/** What a route may declare about the bodies that it reads, with Nest's `RouteConfig`. */
export interface BodyConfig {
  /** Media type of its bodies; default: {@link JSON_TYPE}. */
  readonly takes?: typeof JSON_TYPE | typeof NDJSON;
}

/** Whether a route reads its body line by line, for as long as lines come. */
export function isStreamRoute(request: FastifyRequest): boolean {
  return typeTakenBy(request) === NDJSON;
}

/**
 * Reads JSON as a value and NDJSON as a stream, each on the routes that take it; anything else, and anything
 * compressed, is refused by its headers. No route decompresses, because the size of a compressed body does not bound
 * what it expands to. Call this after the check of access, so that a caller that may not use a route is told that
 * first.
 */
export function takeBodies(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    const why = whyNotTaken(request);
    if (why === undefined) return done();
    if (isCoded(request)) void reply.header('accept-encoding', 'identity'); // RFC 9110, section 15.5.16
    sendProblem(reply, request, new Problem('unsupported-media-type', why));
  });
  askForBodies(fastify);
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    JSON_TYPE,
    { parseAs: 'buffer' },
    (_request: FastifyRequest, bytes: Buffer, done: Parsed) => {
      try {
        done(null, valueOfJson(utf8TextOf(bytes)));
      } catch (error) {
        done(error as Error);
      }
    },
  );
  fastify.addContentTypeParser(NDJSON, (_request: FastifyRequest, payload: IncomingMessage, done: Parsed) =>
    done(null, payload),
  );
}

type Parsed = (error: Error | null, body?: unknown) => void;

function typeTakenBy(request: FastifyRequest): string {
  return (request.routeOptions.config as BodyConfig).takes ?? JSON_TYPE;
}

function whyNotTaken(request: FastifyRequest): string | undefined {
  const { method, headers } = request;
  if (method === 'GET' || method === 'HEAD') return undefined; // nothing reads a body there
  if (isCoded(request)) return 'Send the body as it is, without a Content-Encoding.';
  const taken = typeTakenBy(request);
  const type = headers['content-type'];
  if (type === taken) return undefined;
  const sent = type ?? (hasBody(request) ? '' : taken);
  const mediaType = sent.split(';')[0]!.trim().toLowerCase();
  return mediaType === taken ? undefined : `Send ${taken}.`;
}

/** RFC 9110, section 8.4: `identity` is no coding. */
function isCoded({ headers }: FastifyRequest): boolean {
  const named = headers['content-encoding'];
  if (named === undefined) return false;
  const codings = named.split(',').map((coding) => coding.trim().toLowerCase());
  return codings.some((coding) => coding !== '' && coding !== 'identity');
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/**
 * A client that waits before sending its body (RFC 9110, section 10.1.1) is told to continue once its headers were
 * accepted.
 */
function askForBodies(fastify: FastifyInstance): void {
  const { server } = fastify;
  server.on('checkContinue', (request: IncomingMessage, response) => server.emit('request', request, response));
  fastify.addHook('preParsing', (request, reply, payload, done) => {
    if (request.headers.expect !== undefined) reply.raw.writeContinue();
    done(null, payload);
  });
}
