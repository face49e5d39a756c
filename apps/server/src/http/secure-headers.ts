import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import helmet from 'helmet';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { type OidcSettings } from '../configuration/oidc-settings.js';

/** No cache may keep an answer, unless it needs no key, is the same for everybody, and says so itself. */
const NOT_KEPT = { 'cache-control': 'private, no-store' };

/**
 * Helmet's headers on every answer. They are the same on all answers, so they are computed once: Helmet itself would
 * assemble its policy again for each request, and as a Fastify plugin it would await two promises even where it is not
 * used.
 */
export function secureHeaders(server: FastifyInstance, oidc: OidcSettings | undefined): void {
  const headers = { ...helmetHeaders(oidc), ...NOT_KEPT };
  server.addHook('onRequest', (_request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    void reply.headers(headers);
    done();
  });
}

/** As it sets them on an answer that has no others. */
function helmetHeaders(oidc: OidcSettings | undefined): Record<string, string> {
  const request = new IncomingMessage(new Socket());
  const answer = new ServerResponse(request);
  const set = helmet({
    contentSecurityPolicy: {
      directives: {
        'script-src': ["'self'"],
        // Besides this server, the console calls only the identity provider, for the token of whoever signs in there.
        'connect-src': ["'self'", ...(oidc?.console ? [new URL(oidc.issuer).origin] : [])],
        'style-src': ["'self'"],
        'font-src': ["'self'"],
        'base-uri': ["'none'"],
        'frame-ancestors': ["'none'"],
        'upgrade-insecure-requests': null,
      },
    },
  });
  set(request, answer, (error?: unknown) => {
    if (error instanceof Error) throw error;
  });
  return Object.fromEntries(Object.entries(answer.getHeaders()).map(([name, value]) => [name, String(value)]));
}
