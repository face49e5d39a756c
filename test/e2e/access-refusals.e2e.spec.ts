import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Post } from '@nestjs/common';
import { fastify as makeFastify } from 'fastify';
import { NestFactory } from '@nestjs/core';
import { keepDoor } from '../../apps/server/src/access/door.js';
import { RoutePolicies } from '../../apps/server/src/access/route-policies.js';
import { DOCUMENTATION } from '../../apps/server/src/http/openapi/document.js';
import { DEFAULT_RATE_LIMITS, RateLimits } from '../../apps/server/src/load-shedding/rate-limits.js';
import { Allow, PublicRoute } from '../../apps/server/src/access/policy.js';
import { LedgerModule } from '../../apps/server/src/ledger.module.js';
import { operationsOf, type OpenApiDocument, type Operation } from '../harness/openapi-document.js';
import { bearer, RunningLedger } from '../harness/running-ledger.js';

/** The routes that need no key by design: any other that answers without one is a leak. */
const PUBLIC = [
  'GET /health/live',
  'GET /health/ready',
  'GET /v1/audit/checkpoint',
  'GET /v1/audit/keys',
  'GET /v1/audit/proofs/consistency',
  'GET /v1/audit/proofs/inclusion',
  'GET /v1/audit/tile/{path}',
  'GET /v1/docket',
  'GET /v1/docket/{entry}',
  'GET /v1/sign-in',
  'POST /v1/concerns',
  'POST /v1/concerns/{concern}/comments',
];
/** None of these is known, and each takes another path through authentication. */
const UNKNOWN: Readonly<Record<string, string>> = {
  'a key that was never issued': `Bearer lodebook_${'A'.repeat(43)}`,
  'a key of another kind': 'Bearer s3cret',
  'what looks like a token': 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.',
  'another scheme': `Basic ${btoa('administrator:test-administrator-key')}`,
  'a scheme alone': 'Bearer ',
  'two keys': 'Bearer one two',
};
const NO_EVENT = '00000000-0000-7000-8000-000000000000';

const nameOf = ({ method, path }: Operation): string => `${method.toUpperCase()} ${path}`;

describe('every route of the OpenAPI document', () => {
  let ledger: RunningLedger;
  let operations: Operation[];
  beforeAll(async () => {
    ledger = await RunningLedger.start({ LODEBOOK_RATE_LIMIT_FAILED: '0' });
    const document = (await (await fetch(`${ledger.url}/openapi.json`)).json()) as OpenApiDocument;
    operations = operationsOf(document);
    expect(operations.length).toBeGreaterThan(40);
  });
  afterAll(() => ledger.dispose());

  /** The answers with another status, of all routes that are not public, sent with and without a body. */
  async function othersThan(status: number, headers: Record<string, string>): Promise<unknown[]> {
    const wrong: unknown[] = [];
    for (const operation of operations.filter((one) => !PUBLIC.includes(nameOf(one)))) {
      const method = operation.method.toUpperCase();
      const address = ledger.url + operation.path.replaceAll(/\{[^}]+\}/g, 'x');
      const type = Object.keys(operation.requestBody?.content ?? {})[0];
      const bodies = type === undefined ? [undefined] : [undefined, '{}'];
      for (const body of bodies) {
        const sent = { ...headers, ...(body !== undefined && { 'content-type': type! }) };
        const answer = await fetch(address, { method, headers: sent, ...(body !== undefined && { body }) });
        const text = await answer.text();
        const isRefusal = text.includes('urn:lodebook:problem:unauthenticated');
        const asks = answer.headers.get('www-authenticate') === 'Bearer realm="lodebook"';
        if (answer.status !== status || !isRefusal || !asks) wrong.push([nameOf(operation), body, answer.status, text]);
      }
    }
    return wrong;
  }

  it('answers 401 without a key, except where it is public by design', async () => {
    expect(await othersThan(401, {})).toEqual([]);
  });

  it.each(Object.entries(UNKNOWN))('answers 401 to %s', async (_, authorization) => {
    expect(await othersThan(401, { authorization })).toEqual([]);
  });

  it('is documented as public exactly when it is', () => {
    const open = operations.filter(({ security }) => security?.some((one) => Object.keys(one).length === 0));
    expect(open.map(nameOf).sort()).toEqual(PUBLIC);
  });

  it('documents what every route of its kind can answer', () => {
    const missing = operations.flatMap((operation) => {
      const kind = [400, 429, 503, ...(operation.method === 'get' ? [] : [413, 415])];
      const closed = PUBLIC.includes(nameOf(operation)) ? [] : [401, 403];
      const lacks = [...kind, ...closed].filter((status) => !operation.responses[String(status)]);
      return lacks.length === 0 ? [] : [[nameOf(operation), lacks]];
    });
    expect(missing).toEqual([]);
  });

  it('documents every status that a public route answers without a key, for any combination of parameters', async () => {
    const undocumented: unknown[] = [];
    for (const operation of operations.filter((one) => PUBLIC.includes(nameOf(one)))) {
      const address = ledger.url + operation.path.replaceAll(/\{[^}]+\}/g, 'x');
      const names = (operation.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => name);
      for (const query of ['', ...names.flatMap((name) => [`?${name}=1`, `?${name}=${NO_EVENT}`, `?${name}=%`])]) {
        const { status } = await fetch(address + query, { method: operation.method.toUpperCase() });
        if (!operation.responses[status]) undocumented.push([nameOf(operation), query, status]);
      }
    }
    expect(undocumented).toEqual([]);
  });

  it('accepts the operator, which shows that the refusals above are those of access control', async () => {
    const answered = await fetch(`${ledger.url}/v1/batches`, { headers: bearer(ledger.key) });
    expect(answered.status).toBe(200);
  });
});

@Controller('v1/stated')
class StatedController {
  @Get()
  @PublicRoute()
  look(): string {
    return 'stated';
  }
  @Post('things')
  @Allow('read-custody')
  make(): string {
    return 'stated';
  }
}

@Controller('v1/batches')
class ForgetfulController {
  @Get('everything')
  @PublicRoute()
  look(): string {
    return 'stated';
  }
  @Post(':batch/rumours')
  spread(): string {
    return 'not stated';
  }
}

describe('a route without a policy', () => {
  let ledger: RunningLedger;
  beforeAll(async () => {
    ledger = await RunningLedger.start();
  });
  afterAll(() => ledger.dispose());

  const start = (...more: (new () => object)[]) => {
    const module = LedgerModule.around(ledger.ledger);
    const controllers = [...module.controllers!, ...more];
    return NestFactory.createApplicationContext({ ...module, controllers }, { logger: false, abortOnError: false });
  };

  it('stops the start, which names it; one with a policy is served', async () => {
    await (await start(StatedController)).close();
    await expect(start(ForgetfulController)).rejects.toThrow(
      'the route POST /v1/batches/:batch/rumours (ForgetfulController.spread) does not say who may use it',
    );
  });

  it('stops the start even if it belongs to no controller', async () => {
    const context = await start();
    const fastify = makeFastify();
    keepDoor(fastify, {
      policies: context.get(RoutePolicies),
      authenticator: ledger.ledger.access.authenticator,
      limits: new RateLimits(DEFAULT_RATE_LIMITS),
      open: [DOCUMENTATION],
    });
    fastify.get('/docs/more', () => 'documentation');
    fastify.get('/v1/batches/:batch', () => 'stated by the controller of this address');
    fastify.get('/v1/batches/:batch/whispers', () => 'not stated');
    await expect(fastify.ready()).rejects.toThrow(
      'the route GET /v1/batches/:batch/whispers does not say who may use it',
    );
    await context.close();
  });
});
