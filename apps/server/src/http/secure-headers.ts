import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import helmet from 'helmet';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { type OidcSettings } from '../configuration/oidc-settings.js';

/** No cache keeps an answer, unless it needs no key, is the same for all, and says so itself. */
const NOT_KEPT = { 'cache-control': 'private, no-store' };

/**
 * Helmet's headers on every answer. They are the same on all, and are worked out once: by itself it would put its policy
 * together again for each request, and as a plugin of Fastify wait for two promises of its own even where it is not used.
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
        // The console asks the identity provider for the token of whoever signed in there, and nobody else for anything.
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
