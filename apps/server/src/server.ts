import fastifyCompress from '@fastify/compress';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { LogController, type FastifyReply, type FastifyRequest } from 'fastify';
import { join } from 'node:path';
import 'reflect-metadata';
import { PACKAGE_ROOT } from '#programmes';
import { isAnyone } from '#access';
import { isStreamRoute, takeBodies } from './http/bodies.js';
import { CONSOLE, serveConsole } from './http/console-pages.js';
import { RequestNet } from './http/request-net.js';
import { secureHeaders } from './http/secure-headers.js';
import { Stopping } from './http/stopping.js';
import { documentApi, DOCUMENTATION } from './http/openapi/document.js';
import { allowOwnStyles } from './http/openapi/page-styles.js';
import { ApiKeyRegistry } from './command/api-keys.js';
import { keepDoor } from './access/door.js';
import { knownPrincipalOf } from './caller/principal.js';
import { RoutePolicies } from './access/route-policies.js';
import { CommandDesk } from './intake/command-desk.js';
import { STREAM_BYTES } from './intake/command-stream.js';
import { type Configuration } from './configuration/configuration.js';
import { LedgerModule } from './ledger.module.js';
import { type Ledger } from './ledger.js';
import { NestLogger } from './observability/nest-logger.js';
import { admit } from './load-shedding/admission.js';
import { Connections, descriptorLimit, usualConnections } from './load-shedding/connections.js';
import { DEFAULT_RATE_LIMITS, RateLimits } from './load-shedding/rate-limits.js';
import { HEADERS_TIMEOUT_MS } from './load-shedding/slow-bodies.js';
import { sendProblem } from './problem/problem.filter.js';

/** Largest body of a single command, in bytes. A stream of commands has no such bound, only its lines. */
const LARGEST_BODY = 1_048_576;
/** All headers of a request together, in bytes; Node answers 431 beyond it. */
const LARGEST_HEADERS = 16_384;
/** How long a connection may be idle between requests, milliseconds: longer than proxies keep theirs open. */
const KEEP_ALIVE_MS = 75_000;

/** Where `npm run build` puts the console. */
const CONSOLE_FOLDER = join(PACKAGE_ROOT, 'dist/apps/console');

/** Where to listen, and what to accept from whom. */
export type ServeOptions = Pick<Configuration, 'host' | 'port'> &
  Partial<Pick<Configuration, 'trustedProxies' | 'rateLimits' | 'connections'>> & {
    /** Folder of the console's build; default: where the build puts it. */
    readonly console?: string;
  };

export interface RunningServer {
  /** Where it listens, e.g. `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Whether it serves the console; false when that is not built. */
  readonly hasConsole: boolean;
  /** Takes commands without a socket: the demonstration chain is loaded by it. */
  readonly desk: CommandDesk;
  readonly keys: ApiKeyRegistry;
  /** For whoever works on the data folder; accepted from this machine only, and new at each start. */
  readonly operatorToken: string;
  /**
   * Answers the request that an uncaught exception comes from; call this in the process's handler.
   * @returns false when it comes from no request
   */
  catch(error: unknown): boolean;
  /** Answers what is in progress, and takes nothing new. */
  close(): Promise<void>;
}

/** @throws the system's error when the address cannot be listened on (EADDRINUSE, EACCES, EADDRNOTAVAIL) */
export async function serve(ledger: Ledger, options: ServeOptions): Promise<RunningServer> {
  const { app, net, hasConsole } = await makeApplication(ledger, options);
  try {
    await app.listen(options.port, options.host);
  } catch (error) {
    await app.close();
    throw error;
  }
  return {
    url: await app.getUrl(),
    hasConsole,
    desk: app.get(CommandDesk),
    keys: app.get(ApiKeyRegistry),
    operatorToken: ledger.access.authenticator.operatorToken,
    catch: (error) => net.catch(error),
    async close() {
      const fastify = app.getHttpAdapter().getInstance();
      const unanswered = await app.get(Stopping).drain(fastify);
      if (unanswered > 0) ledger.log.warn({ unanswered }, 'stopped before everything was answered');
      await app.close();
    },
  };
}

async function makeApplication(
  ledger: Ledger,
  options: ServeOptions,
): Promise<{ app: NestFastifyApplication; net: RequestNet; hasConsole: boolean }> {
  const limits = new RateLimits(options.rateLimits ?? DEFAULT_RATE_LIMITS);
  const adapter = new FastifyAdapter({
    loggerInstance: ledger.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: LARGEST_BODY,
    forceCloseConnections: true,
    trustProxy: options.trustedProxies ?? false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: {
      maxHeaderSize: LARGEST_HEADERS,
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: 1_000,
    },
    routerOptions: { maxParamLength: 512 },
    // Fastify's own refusals (malformed JSON, too large, an unknown address) are problem documents too.
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(reply, request, error),
  } as never);
  const app = await NestFactory.create<NestFastifyApplication>(LedgerModule.around(ledger), adapter, {
    logger: new NestLogger(ledger.log),
    bufferLogs: false,
    abortOnError: false,
    bodyParser: false,
  });
  const fastify = app.getHttpAdapter().getInstance();
  const connections = options.connections ?? usualConnections(descriptorLimit());
  new Connections(fastify.server, connections, options.trustedProxies);
  app.get(Stopping).watch(fastify);
  const net = new RequestNet(fastify);
  secureHeaders(fastify, ledger.access.oidc);
  const shareOut = admit(fastify, { largestBody: LARGEST_BODY, streamBytes: STREAM_BYTES, isStream: isStreamRoute });
  const { authenticator } = ledger.access;
  keepDoor(fastify, { policies: app.get(RoutePolicies), authenticator, limits, open: [DOCUMENTATION, CONSOLE] });
  shareOut(knownPrincipalOf);
  takeBodies(fastify);
  allowOwnStyles(fastify);
  await app.register(fastifyCompress, { threshold: 4_096, globalDecompression: false });
  // The line has only the fields below: none is secret, and searching them for secrets would cost more than the line.
  const requests = ledger.log.child({}, { redact: [] });
  fastify.addHook('onResponse', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    const route = request.routeOptions.url ?? 'unknown';
    ledger.metrics.answered(route, request.method, reply.statusCode, reply.elapsedTime / 1_000);
    const { method } = request;
    const who = knownPrincipalOf(request);
    const principal = who?.principal;
    // The request log must not reveal who raised a concern without a key.
    const ip = who && isAnyone(who) ? undefined : request.ip;
    const ms = Math.round(reply.elapsedTime);
    requests.info({ reqId: request.id, method, route, status: reply.statusCode, ms, principal, ip }, 'answered');
    done();
  });
  const hasConsole = await serveConsole(fastify, options.console ?? CONSOLE_FOLDER);
  documentApi(app);
  await app.init();
  return { app, net, hasConsole };
}

/** A ledger that takes commands from this process alone. */
export async function openDesk(ledger: Ledger): Promise<{ desk: CommandDesk; close: () => Promise<void> }> {
  const context = await NestFactory.createApplicationContext(LedgerModule.around(ledger), {
    logger: new NestLogger(ledger.log),
    abortOnError: false,
  });
  return { desk: context.get(CommandDesk), close: () => context.close() };
}
