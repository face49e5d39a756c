import { type FastifyRequest } from 'fastify';
import { visibilityOf, type Principal, type Visibility } from '#access';

const principals = new WeakMap<FastifyRequest, Principal>();

export function setPrincipal(request: FastifyRequest, principal: Principal): void {
  principals.set(request, principal);
}

/** Who sent the request: access control lets none through without a principal. */
export function principalOf(request: FastifyRequest): Principal {
  const principal = principals.get(request);
  if (!principal) throw new Error('no principal on a guarded route');
  return principal;
}

/** Who sent the request; undefined on a public route, unless the request has a key anyway. */
export function knownPrincipalOf(request: FastifyRequest): Principal | undefined {
  return principals.get(request);
}

/** What the sender of the request may see: the first argument of every query. */
export function visibilityOfRequest(request: FastifyRequest): Visibility {
  return visibilityOf(principalOf(request));
}
