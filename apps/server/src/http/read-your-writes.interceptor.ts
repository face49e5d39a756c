import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type Observable } from 'rxjs';
import { ReadModelProgress, VerdictProgress } from '#read-model';
import { Problem } from '../problem/problem.js';
import { headerOf, headerProblem } from './request-headers.js';
import { Stopping } from './stopping.js';

/** How long a query waits for the read model to reach a `Ledger-Position`, in milliseconds. */
const LONGEST_WAIT_FOR_POSITION = 5_000;

/** When to ask again for read tables that are being filled, seconds. */
const FILLED_LATER_SECONDS = 5;

/**
 * @throws Problem `overloaded` while the read tables are filled from the log for the first time, or anew: they would answer
 * as if what they lack had not been recorded, and search all rows for what they have no index of yet.
 */
export function requireFilled({ isFilled }: Pick<ReadModelProgress, 'isFilled'>): void {
  if (isFilled) return;
  throw new Problem('overloaded', 'The read tables are being filled from the log.', [], FILLED_LATER_SECONDS);
}

/** A query is answered from filled read tables, one with `Ledger-Position: N` once they have N. */
@Injectable()
export class ReadYourWrites implements NestInterceptor {
  readonly #projector: ReadModelProgress;
  readonly #stopping: Stopping;

  constructor(projector: ReadModelProgress, stopping: Stopping) {
    this.#projector = projector;
    this.#stopping = stopping;
  }

  intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    return awaitPosition(context, next, this.#projector, (position, patience) =>
      this.#stopping.unlessBegun(this.#projector.waitFor(position, patience)),
    );
  }
}

/** The same for a query about stored verdicts, which follow the read tables. */
@Injectable()
export class ReadYourVerdicts implements NestInterceptor {
  readonly #projector: ReadModelProgress;
  readonly #verdicts: VerdictProgress;
  readonly #stopping: Stopping;

  constructor(projector: ReadModelProgress, verdicts: VerdictProgress, stopping: Stopping) {
    this.#projector = projector;
    this.#verdicts = verdicts;
    this.#stopping = stopping;
  }

  intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    return awaitPosition(context, next, this.#projector, (position, patience) =>
      this.#stopping.unlessBegun(this.#verdicts.waitFor(position, patience)),
    );
  }
}

async function awaitPosition(
  context: ExecutionContext,
  next: CallHandler,
  tables: ReadModelProgress,
  waitFor: (position: bigint, patience: number) => Promise<boolean | undefined>,
): Promise<Observable<unknown>> {
  const position = headerOf(context.switchToHttp().getRequest<FastifyRequest>(), 'ledger-position');
  if (position !== undefined) {
    if (!/^\d{1,19}$/.test(position)) {
      throw headerProblem('Ledger-Position', 'must be a position as a command’s answer gave it');
    }
    if ((await waitFor(BigInt(position), LONGEST_WAIT_FOR_POSITION)) !== true) {
      throw new Problem('overloaded', `The read model has not reached position ${position}.`, [], 1);
    }
  }
  requireFilled(tables);
  return next.handle();
}
