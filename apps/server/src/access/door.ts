import { type FastifyInstance, type FastifyReply, type FastifyRequest, type RouteOptions } from 'fastify';
import { ANYONE, needsNoKey, type Principal } from '#access';
import { rateLimited, type RateLimits } from '../load-shedding/rate-limits.js';
import { sendProblem } from '../problem/problem.filter.js';
import { Problem } from '../problem/problem.js';
import { type Authenticator } from './authenticator.js';
import { requireCapability, type Policy } from './policy.js';
import { setPrincipal } from '../caller/principal.js';
import { type RoutePolicies } from './route-policies.js';

interface Doorkeepers {
  readonly policies: RoutePolicies;
  readonly authenticator: Authenticator;
  readonly limits: RateLimits;
  /** Paths of routes without a controller that are open to everybody: the documentation, the console. */
  readonly open: readonly RegExp[];
}

/**
 * Checks each request's caller against the route's policy as soon as the headers are there, so that a refused request
 * costs neither reading nor parsing its body. Also counts each principal's requests.
 */
export function keepDoor(fastify: FastifyInstance, doorkeepers: Doorkeepers): void {
  const door = new Door(doorkeepers);
  const routes: RouteOptions[] = [];
  fastify.addHook('onRoute', (route) => void routes.push(route));
  fastify.addHook('onReady', (done) => done(door.withoutPolicy(routes)));
  fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    const refuse = (error: unknown): void => sendProblem(reply, request, error);
    try {
      const entering = door.enter(request, reply);
      if (entering === undefined) done();
      else void entering.then(done, refuse);
    } catch (error) {
      refuse(error);
    }
  });
}

/** Largest body without a key, in bytes: a concern with all its texts has 6 kB. */
const LARGEST_WITHOUT_KEY = 16_384;

class Door {
  readonly #doorkeepers: Doorkeepers;

  constructor(doorkeepers: Doorkeepers) {
    this.#doorkeepers = doorkeepers;
  }

  /** Stops the start when a route was registered without a controller, and so states no policy. */
  withoutPolicy(routes: readonly RouteOptions[]): Error | undefined {
    for (const { method, url } of routes) {
      const methods = [method].flat();
      const forgotten = methods.find((one) => this.#policyOf(one, url) === undefined);
      if (forgotten !== undefined) return new Error(`the route ${forgotten} ${url} does not say who may use it`);
    }
    return undefined;
  }

  /**
   * Returns a promise only if a token has to be verified: an identity provider never delays a key.
   * @throws Problem `unauthenticated`, `forbidden`, `rate-limited`; `not-found` at an address without a route
   */
  enter(request: FastifyRequest, reply: FastifyReply): void | Promise<void> {
    const { url } = request.routeOptions;
    const nowhere = request.is404 || url === undefined;
    const policy = nowhere ? 'public' : this.#policyOf(request.method, url);
    const secret = /^Bearer ([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? '')?.[1];
    // The start has made sure that every route has one.
    if (policy === undefined) throw new Error(`the route ${request.method} ${url} does not say who may use it`);
    if (policy === 'public') {
      // Before the key is looked up: what is left of the address's allowance must not reveal whether the key is known.
      const exhausted = this.#doorkeepers.limits.ofAddress(request);
      if (exhausted) throw rateLimited(reply, exhausted);
      if (nowhere) throw new Problem('not-found', 'There is nothing at this address.');
      return this.#enterPublic(request, secret);
    }
    const admit = (principal: Principal): void => {
      this.#admit(request, reply, principal);
      requireCapability(principal, policy);
    };
    const refuse = (error: unknown): never => {
      throw this.#counted(request, reply, error);
    };
    try {
      if (secret === undefined && request.headers.authorization === undefined && needsNoKey(policy)) {
        return this.#admitAnyone(request, reply);
      }
      if (secret === undefined) throw new Problem('unauthenticated', 'Send an API key: Authorization: Bearer <key>.');
      const principal = this.#authenticate(request, secret);
      return principal instanceof Promise ? principal.catch(refuse).then(admit) : admit(principal);
    } catch (error) {
      return refuse(error);
    }
  }

  /** A public route may answer more to a known key; it answers an unknown one as if there were none. */
  #enterPublic(request: FastifyRequest, secret: string | undefined): void | Promise<void> {
    if (secret === undefined) return;
    const admit = (principal: Principal | undefined): void => {
      if (principal) setPrincipal(request, principal);
    };
    const nobody = (error: unknown): undefined => {
      if (!(error instanceof Problem)) throw error;
    };
    try {
      const principal = this.#authenticate(request, secret);
      return principal instanceof Promise ? principal.catch(nobody).then(admit) : admit(principal);
    } catch (error) {
      return admit(nobody(error));
    }
  }

  /** A refusal for lack of a known key counts against the address: as a failure with a key, else as a request without one. */
  #counted(request: FastifyRequest, reply: FastifyReply, error: unknown): unknown {
    if (!(error instanceof Problem) || error.code !== 'unauthenticated') return error;
    const { limits } = this.#doorkeepers;
    const anonymous = request.headers.authorization === undefined;
    const exhausted = anonymous ? limits.ofAddress(request) : limits.ofFailure(request);
    return exhausted ? rateLimited(reply, exhausted) : error;
  }

  /** Limits what can be recorded without a key: per address, and per request. */
  #admitAnyone(request: FastifyRequest, reply: FastifyReply): void {
    const { limits } = this.#doorkeepers;
    // A body whose length is not declared may be too long.
    if (!(Number(request.headers['content-length']) <= LARGEST_WITHOUT_KEY)) {
      const detail = `Without a key, a body has ${LARGEST_WITHOUT_KEY} bytes at most and must declare its length in Content-Length.`;
      throw new Problem('too-large', detail);
    }
    const exhausted = limits.ofAddress(request) ?? limits.ofSubmission(request);
    if (exhausted) throw rateLimited(reply, exhausted);
    setPrincipal(request, ANYONE);
  }

  #admit(request: FastifyRequest, reply: FastifyReply, principal: Principal): void {
    const exhausted = this.#doorkeepers.limits.ofPrincipal(principal.principal);
    if (exhausted) throw rateLimited(reply, exhausted);
    setPrincipal(request, principal);
  }

  #authenticate(request: FastifyRequest, secret: string): Principal | Promise<Principal> {
    return this.#doorkeepers.authenticator.authenticate(secret, isLoopback(request.socket.remoteAddress));
  }

  #policyOf(method: string, path: string): Policy | undefined {
    return this.#doorkeepers.open.some((paths) => paths.test(path))
      ? 'public'
      : this.#doorkeepers.policies.of(method, path);
  }
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(::1|(::ffff:)?127(\.\d{1,3}){3})$/.test(address);
}
