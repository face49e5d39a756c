import { type LoggerService } from '@nestjs/common';
import { type Logger } from 'pino';

/** Nest's own messages in the same structured log as everything else. */
export class NestLogger implements LoggerService {
  readonly #log_: Logger;

  constructor(log_: Logger) {
    this.#log_ = log_;
  }

  log(message: unknown, context?: string): void {
    this.#log_.debug({ context }, String(message));
  }
  warn(message: unknown, context?: string): void {
    this.#log_.warn({ context }, String(message));
  }
  error(message: unknown, stack?: string, context?: string): void {
    this.#log_.error({ context, stack }, String(message));
  }
}
