import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { knownPrincipalOf } from '../access/principal.js';
import { rateLimited, RateLimits } from './rate-limits.js';

/** Behind the guard that finds the principal: so many requests a minute for each. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(private readonly limits: RateLimits) {}

  /** @throws Problem `rate-limited` */
  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const principal = knownPrincipalOf(request);
    // Without a key it was counted at the door.
    if (principal === undefined && request.headers.authorization === undefined) return true;
    const exhausted =
      principal === undefined ? this.limits.ofAddress(request) : this.limits.ofPrincipal(principal.principal);
    if (exhausted) throw rateLimited(http.getResponse<FastifyReply>(), exhausted);
    return true;
  }
}
