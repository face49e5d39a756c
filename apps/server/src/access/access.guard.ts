import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type FastifyRequest } from 'fastify';
import { type Principal } from '#access';
import { Problem } from '../problem/problem.js';
import { Authenticator } from './authenticator.js';
import { POLICY, type Policy } from './policy.js';
import { setPrincipal } from './principal.js';

/** Lets nobody through but whom the route's policy names. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const policy = this.reflector.getAllAndOverride<Policy | undefined>(POLICY, [
      context.getHandler(),
      context.getClass(),
    ]);
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const secret = /^Bearer ([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (policy === 'public') return secret === undefined || this.#recognise(request, secret);
    if (secret === undefined) throw new Problem('unauthenticated', 'Send an API key: Authorization: Bearer <key>.');
    const admit = (principal: Principal): boolean => {
      requireRole(principal, policy ?? []);
      setPrincipal(request, principal);
      return true;
    };
    const principal = this.authenticator.authenticate(secret, isLoopback(request.socket.remoteAddress));
    return principal instanceof Promise ? principal.then(admit) : admit(principal);
  }

  /** A public route may answer a known key with more; one that is not known it answers like nobody. */
  async #recognise(request: FastifyRequest, secret: string): Promise<true> {
    try {
      setPrincipal(request, await this.authenticator.authenticate(secret, isLoopback(request.socket.remoteAddress)));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
    return true;
  }
}

/** @throws Problem `forbidden` when this is nothing for the principal's role, whatever it is about */
export function requireRole({ role }: Principal, allowed: Exclude<Policy, 'public'>): void {
  if (role === 'operator' || allowed.includes(role)) return;
  throw new Problem('forbidden', `This is not for the role ${role}, but for ${allowed.join(', ') || 'none'}.`);
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(::1|(::ffff:)?127(\.\d{1,3}){3})$/.test(address);
}
