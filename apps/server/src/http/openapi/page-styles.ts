import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';

const POLICY = 'content-security-policy';
/** The one attribute of the reference page that is a style: a policy without `unsafe-inline` has no hash for it. */
const STYLE_ATTRIBUTE = ' style="position:absolute;width:0;height:0"';
/** Of the logo, which the page's script draws. */
const LOGO_STYLE = '.logo_small_svg__cls-2{fill:#fff}.logo_small_svg__cls-3{fill:#85ea2d}';

/**
 * Lets the reference page have the styles that are written in it and drawn by it, by their hashes (CSP Level 3, 6.7.3.3), and no
 * others: its scripts are files of this server. To be called before answers are compressed.
 */
export function allowOwnStyles(fastify: FastifyInstance): void {
  fastify.addHook(
    'onSend',
    (_: FastifyRequest, reply: FastifyReply, payload: unknown, done: (error: null, payload: unknown) => void) => {
      if (typeof payload !== 'string' || !String(reply.getHeader('content-type')).startsWith('text/html')) {
        return done(null, payload);
      }
      const page = payload.replace(STYLE_ATTRIBUTE, ' width="0" height="0"');
      const written = [...page.matchAll(/<style>([^]*?)<\/style>/g)].map(([, style]) => style!);
      const hashes = [...written, LOGO_STYLE].map(hashOf);
      const policy = String(reply.getHeader(POLICY)).replace('style-src ', `style-src ${hashes.join(' ')} `);
      void reply.header(POLICY, policy);
      done(null, page);
    },
  );
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
