import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type FastifyRequest } from 'fastify';
import { ADMINISTRATOR } from '#access';
import { Problem } from '../problem/problem.js';
import { AdministratorKeys } from './administrator-key.js';
import { setPrincipal } from './principal.js';
import { PUBLIC_ROUTE } from './public-route.js';

@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly keys: AdministratorKeys,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const isPublic = this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_ROUTE, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (isPublic) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const key = /^Bearer ([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (key === undefined) throw new Problem('unauthenticated', 'Send an API key: Authorization: Bearer <key>.');
    if (!this.keys.accepts(key)) throw new Problem('unauthenticated', 'This API key is not known.');
    setPrincipal(request, { ...ADMINISTRATOR, role: 'operator' });
    return true;
  }
}
