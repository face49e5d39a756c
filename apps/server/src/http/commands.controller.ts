import { Body, Controller, Param, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiExtension, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { isAnyone } from '#access';
import { raiseConcern } from '#attestation';
import { DocketQueries } from '#read-model';
import { type Target } from '#vocabulary';
import { Allow } from '../access/policy.js';
import { principalOf } from '../caller/principal.js';
import { CommandDesk } from '../intake/command-desk.js';
import { COMMAND_ROUTES, type CommandRoute } from '../intake/command-table.js';
import { DocumentedCommand } from './openapi/answers.js';
import { answerRecorded, type CommandAnswer, idempotencyKeyOf, ifMatchOf, signatureOf } from './request-headers.js';

/** One POST route for each row of the command table; they differ only in the fact and its decider. */
@Controller('v1')
export class CommandsController {
  readonly #desk: CommandDesk;
  readonly #docket: DocketQueries;

  constructor(desk: CommandDesk, docket: DocketQueries) {
    this.#desk = desk;
    this.#docket = docket;
  }

  async record(
    route: CommandRoute,
    target: Target,
    body: unknown,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<CommandAnswer> {
    const principal = principalOf(request);
    const idempotencyKey = idempotencyKeyOf(request);
    const isKnown = !isAnyone(principal);
    const ifMatch = isKnown ? ifMatchOf(request) : undefined;
    const signature = isKnown ? signatureOf(request) : undefined;
    const { recorded } = await this.#desk.submit({
      route,
      target,
      body,
      principal,
      idempotencyKey,
      ifMatch,
      signature,
    });
    const receipt = await recorded;
    // Whoever raised a concern can follow it, with or without a key, and whether or not the docket names the site.
    if (route.path === raiseConcern.path) void reply.header('location', this.#docketAddress(body));
    return answerRecorded(reply, receipt);
  }

  #docketAddress(body: unknown): string {
    const { concernId } = body as { readonly concernId: string };
    return `/v1/docket/${this.#docket.publicIdOf(concernId)}`;
  }
}

/** Calls Nest's decorators directly; a class body would have to repeat them for each command. */
for (const route of COMMAND_ROUTES) {
  const { prototype } = CommandsController;
  const name = route.path;
  Object.defineProperty(prototype, name, {
    configurable: true,
    writable: true,
    value(this: CommandsController, target: Target, body: unknown, request: FastifyRequest, reply: FastifyReply) {
      return this.record(route, target, body, request, reply);
    },
  });
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name)!;
  Reflect.defineMetadata('design:paramtypes', [Object, Object, Object, Object], prototype, name);
  Param()(prototype, name, 0);
  Body()(prototype, name, 1);
  Req()(prototype, name, 2);
  Res({ passthrough: true })(prototype, name, 3);
  Post(route.path)(prototype, name, descriptor);
  ApiTags(route.tag)(prototype, name, descriptor);
  ApiOperation({ summary: route.summary, operationId: route.path.replaceAll(/[:/]+/g, '-') })(
    prototype,
    name,
    descriptor,
  );
  const { target, body } = route.example;
  for (const part of route.target)
    ApiParam({ name: part, schema: { type: 'string' }, examples: { demonstration: { value: target[part] } } })(
      prototype,
      name,
      descriptor,
    );
  ApiBody({ type: route.shape.dto, examples: { demonstration: { value: body } } })(prototype, name, descriptor);
  const { notSendable } = route.example;
  if (notSendable !== undefined) ApiExtension('x-no-example', notSendable)(prototype, name, descriptor);
  Allow(route.needs)(prototype, name, descriptor);
  DocumentedCommand()(prototype, name, descriptor);
}
