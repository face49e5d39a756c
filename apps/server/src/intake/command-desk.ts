import { Injectable } from '@nestjs/common';
import { CommandBus, type Command } from '@nestjs/cqrs';
import { type Principal } from '#access';
import { type JsonValue } from '#event-store';
import { commandOf, type Target } from '#vocabulary';
import { signedCommand } from '#signing';
import { VerificationError } from '#transparency';
import { type CommandContext, type CommandReceipt, requestSha256, signedKey } from '#recording';
import { LookAlikes } from '../command/look-alikes.js';
import { requireCapability } from '../access/policy.js';
import { type Recording } from '../command/commands.js';
import { type CommandRoute } from './command-table.js';
import { type CommandBody } from '../shapes/shape.js';
import { invalidRequest, parseBody, plainBody } from '../shapes/validation.js';
import { conceal, type Concealed } from '../shapes/withholding.js';

/** A request to record something, however it came in. */
interface Submission {
  readonly route: CommandRoute;
  readonly target: Target;
  /** Not yet checked. */
  readonly body: unknown;
  readonly principal: Principal;
  readonly idempotencyKey?: string | undefined;
  readonly ifMatch?: bigint | undefined;
  /** Detached JWS over the command. */
  readonly signature?: string | undefined;
}

/**
 * The entry for every command: checks its shape against the description of its fact, then sends it over the command
 * bus.
 */
@Injectable()
export class CommandDesk {
  readonly #bus: CommandBus;
  readonly #lookAlikes: LookAlikes;

  constructor(bus: CommandBus, lookAlikes: LookAlikes) {
    this.#bus = bus;
    this.#lookAlikes = lookAlikes;
  }

  /** @throws Problem as {@link prepare} and {@link execute} */
  submit(submission: Submission): Promise<Recording> {
    try {
      return this.execute(this.prepare(submission));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return Promise.reject(error);
    }
  }

  /**
   * The command that a request contains, with its shape checked.
   * @throws Problem `forbidden` when the principal's role may not do this; `invalid-request` with every problem and its
   * path
   */
  prepare(submission: Submission): Command<Recording> {
    const { route, target, body, principal, ifMatch, signature: jws } = submission;
    requireCapability(principal, route.needs);
    const { data, occurredAt, request, disclosures } = readBody(route, body, jws !== undefined);
    const signature =
      jws === undefined ? undefined : { jws, command: signedCommand(commandOf(route), target, request) };
    const idempotencyKey = submission.idempotencyKey ?? (jws === undefined ? undefined : signedKey(jws));
    const hash = idempotencyKey === undefined ? undefined : hashOf(addressOf(route, target), request as JsonValue);
    const context: CommandContext = {
      principal,
      occurredAt,
      idempotencyKey,
      requestSha256: hash,
      ifMatch,
      signature,
      disclosures,
    };
    return route.toCommand(target, data, context);
  }

  /** @throws Problem what the command's handler refuses: `not-found` for objects of other organisations */
  execute(command: Command<Recording>): Promise<Recording> {
    const recording = this.#bus.execute(command);
    if (!this.#lookAlikes.concerns(command)) return recording;
    return recording.then(({ recorded }) => ({
      recorded: recorded.then((receipt) => this.#withWarnings(command, receipt)),
    }));
  }

  async #withWarnings(command: Command<Recording>, receipt: CommandReceipt): Promise<CommandReceipt> {
    const warnings = await this.#lookAlikes.warningsFor(command);
    return warnings.length === 0 ? receipt : { ...receipt, warnings };
  }
}

/** @throws Problem `invalid-request` */
function readBody(
  { shape, withholdable }: CommandRoute,
  body: unknown,
  signed: boolean,
): { data: object; occurredAt: string | undefined } & Pick<Concealed, 'request' | 'disclosures'> {
  const plain = plainBody(body);
  if (!Object.hasOwn(plain, 'withheld')) {
    const parsed = parseBody(shape, plain);
    if (!Object.hasOwn(plain, 'occurredAt')) {
      return { data: parsed, occurredAt: undefined, request: plain, disclosures: [] };
    }
    const { occurredAt, ...data } = parsed;
    return { data, occurredAt, request: plain, disclosures: [] };
  }
  const concealed = conceal(withholdable, plain, signed);
  if ('problems' in concealed) throw invalidRequest(concealed.problems);
  parseBody(shape, concealed.plain);
  const { occurredAt, ...data }: CommandBody = concealed.body;
  return { ...concealed, data, occurredAt };
}

/** The path of a route with the target's ids in place. */
export function addressOf(route: CommandRoute, target: Target): string {
  return route.path.replaceAll(/:(\w+)/g, (_, name: keyof Target) => encodeURIComponent(target[name] ?? ''));
}

/** A correction's replacement, which no shape checks, may contain something without a canonical form. */
function hashOf(address: string, body: JsonValue): string {
  try {
    return requestSha256(address, body);
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    throw invalidRequest([{ path: '', code: error.code, message: error.message }]);
  }
}
