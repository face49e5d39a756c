import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { principalOf } from '../caller/principal.js';
import { Disclosures } from './disclosures.js';

/**
 * Puts the withheld values that the caller may see into an answer. Not for records, which are shown as they are hashed.
 */
@Injectable()
export class RevealDisclosed implements NestInterceptor {
  readonly #disclosures: Disclosures;

  constructor(disclosures: Disclosures) {
    this.#disclosures = disclosures;
  }

  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    if (this.#disclosures.isEmpty) return next.handle();
    const principal = principalOf(context.switchToHttp().getRequest<FastifyRequest>());
    return next.handle().pipe(map((answer) => this.#disclosures.revealedIn(answer, principal)));
  }
}
