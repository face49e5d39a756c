import fastifyStatic from '@fastify/static';
import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Problem } from '../problem/problem.js';

/** The page served at every address of the console. */
const PAGE = 'index.html';
/** Files that the build puts into this folder have a hash of their content in their names. */
const HASHED = 'assets/';
const YEAR_MS = 365 * 86_400_000;

/** Where the console answers, as the router has it. */
export const CONSOLE = /^\/\*?$/;

/**
 * Serves the console's build: its files by their names, and its page at `/` and at every other address that a browser
 * navigates to and that belongs to no route of the API (`/batches/b-1`). Everything else gets the same problem document
 * as without a console. Brotli and gzip forms beside a file (`.br`, `.gz`) are sent to clients that accept them. Call
 * this before the routes are made.
 * @param folder of the build
 * @returns false when nothing was built there; then no address is served
 */
export async function serveConsole(fastify: FastifyInstance, folder: string): Promise<boolean> {
  const files = filesBelow(folder);
  if (!files.has(PAGE)) return false;
  /** First path segments that do not belong to the console. */
  const taken = new Set([HASHED.slice(0, -1)]);
  fastify.addHook('onRoute', ({ url }) => void taken.add(firstSegment(url)));
  await fastify.register(fastifyStatic, {
    root: folder,
    serve: false,
    preCompressed: true,
    index: false,
    redirect: false,
  });
  const answer = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const path = pathOf(request);
    void reply.header('vary', 'accept, accept-encoding');
    if (path.startsWith(HASHED) && files.has(path)) {
      return reply.sendFile(path, { maxAge: YEAR_MS, immutable: true });
    }
    const isPage = path === '' || (!files.has(path) && !taken.has(firstSegment(`/${path}`)) && wantsPage(request));
    if (!isPage && !files.has(path)) throw new Problem('not-found', 'There is nothing at this address.');
    void reply.header('cache-control', 'no-cache');
    return reply.sendFile(isPage ? PAGE : path, { cacheControl: false });
  };
  fastify.get('/', answer);
  fastify.get('/*', answer);
  return true;
}

/** Paths below a folder, with `/` between; none when there is no such folder. */
function filesBelow(folder: string): ReadonlySet<string> {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return new Set(
      entries.map(({ parentPath, name }) => relative(folder, join(parentPath, name)).split(sep).join('/')),
    );
  } catch {
    return new Set();
  }
}

function pathOf(request: FastifyRequest): string {
  return (request.params as { '*'?: string })['*'] ?? '';
}

function firstSegment(url: string): string {
  return url.split('/')[1] ?? '';
}

/** Only a browser that navigates gets the page; a program that requests an unknown address does not. */
function wantsPage({ headers }: FastifyRequest): boolean {
  return (headers.accept ?? '').includes('text/html');
}
