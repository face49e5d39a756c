/** The parameters of a question about claims, of a batch and of a product. */
import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { BATTERY_CATEGORIES } from '#claims';
import { instantOf } from '../claims/as-of.js';
import { type ClaimsQuestion } from '../claims/batch-claims.js';
import { invalidRequest, queryProblem } from '../shapes/validation.js';
import { oneOf, readQuery, type QueryString } from './page.js';

const NAMES = [
  'programme',
  'validAt',
  'knownAt',
  'rulesAt',
  'batteryCategory',
  'indicative',
  'restsOn',
  'reasons',
] as const;

/** Documents them. */
export function ClaimsParameters(): MethodDecorator {
  return applyDecorators(
    ApiQuery({
      name: 'programme',
      required: true,
      schema: { type: 'string' },
      examples: { demonstration: { value: 'us-japan-cma-2023' } },
      description: '`id`, or `id@version`',
    }),
    ApiQuery({
      name: 'validAt',
      required: false,
      schema: { type: 'string', format: 'date-time' },
      description: 'Moment in the world; default: now',
      examples: { demonstration: { value: '2026-10-31T00:00:00.000Z' } },
    }),
    ApiQuery({
      name: 'knownAt',
      required: false,
      schema: { type: 'string' },
      description: 'Log index or recorded time; default: all that is known',
    }),
    ApiQuery({
      name: 'rulesAt',
      required: false,
      schema: { type: 'string', format: 'date-time' },
      description:
        'The moment whose law applies; default: for a product the day on which it was placed on the market, else `validAt`. For a product, another day is a supposition: see `whatIf` in the answer',
    }),
    ApiQuery({
      name: 'indicative',
      required: false,
      schema: { type: 'string', enum: ['true', 'false'] },
      description: 'Judge also by rules whose duty falls on products: what they would say of the batch, marked as such',
    }),
    ApiQuery({
      name: 'batteryCategory',
      required: false,
      schema: { type: 'string', enum: [...BATTERY_CATEGORIES] },
      description:
        'As if it were a battery of this category; `whatIf` in the answer says so. Even then, duties on products do not fall on a batch of material, unless `indicative`',
    }),
    ApiQuery({
      name: 'restsOn',
      required: false,
      schema: { type: 'string', enum: ['true', 'false'] },
      description: 'Say which attestations each line rests on, and what would be missing without each of them',
    }),
    ApiQuery({
      name: 'reasons',
      required: false,
      schema: { type: 'string', enum: ['true', 'false'], default: 'true' },
      description:
        'False: the verdict with all its measures, without `reasons` and `explanations`. As of now that costs the same however long the chain',
    }),
  );
}

/**
 * @param headers of the request: with `Ledger-Position`, nothing that the tables have may be left out
 * @throws Problem `invalid-request`
 */
export function readClaimsQuery(
  query: QueryString,
  { headers }: Pick<FastifyRequest, 'headers'>,
): Omit<ClaimsQuestion, 'kind' | 'batchId'> {
  const { programme, validAt, knownAt, rulesAt, batteryCategory, indicative, restsOn, reasons } = readQuery(
    query,
    NAMES,
  );
  if (programme === undefined) throw invalidRequest([queryProblem('programme', 'missing', 'must name a programme')]);
  return {
    programme,
    validAt: instantOf('validAt', validAt),
    knownAt,
    rulesAt: instantOf('rulesAt', rulesAt),
    indicative: oneOf('indicative', indicative, ['true', 'false']) === 'true',
    batteryCategory: oneOf('batteryCategory', batteryCategory, BATTERY_CATEGORIES),
    restsOn: oneOf('restsOn', restsOn, ['true', 'false']) === 'true',
    reasons: oneOf('reasons', reasons, ['true', 'false']) !== 'false',
    complete: headers['ledger-position'] !== undefined,
  };
}
