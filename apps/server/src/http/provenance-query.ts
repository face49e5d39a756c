/** The parameters of a question about provenance, of a batch and of a product. */
import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { type ProvenanceRequest } from '#read-model';
import { instantOf, type AsOf } from '../claims/as-of.js';
import { invalidRequest, queryProblem } from '../shapes/validation.js';
import { oneOf, readQuery, type QueryString } from './page.js';

/** Documents them. */
export function ProvenanceParameters(): MethodDecorator {
  return applyDecorators(
    ApiQuery({
      name: 'direction',
      required: false,
      schema: { type: 'string', enum: ['upstream', 'downstream'], default: 'upstream' },
    }),
    ApiQuery({
      name: 'validAt',
      required: false,
      schema: { type: 'string', format: 'date-time' },
      description: 'Only what had happened by then',
      examples: { demonstration: { value: '2026-10-31T00:00:00.000Z' } },
    }),
    ApiQuery({
      name: 'knownAt',
      required: false,
      schema: { type: 'string' },
      description: 'Log index or recorded time: only what was known then',
    }),
    ApiQuery({ name: 'depth', required: false, schema: { type: 'integer', minimum: 0 } }),
  );
}

/** @throws Problem `invalid-request`; `not-found` before the ledger began */
export async function readProvenanceQuery(query: QueryString, asOf: AsOf): Promise<ProvenanceRequest> {
  const { direction, depth, validAt, knownAt } = readQuery(query, ['direction', 'depth', 'validAt', 'knownAt']);
  if (depth !== undefined && !/^\d{1,6}$/.test(depth)) {
    throw invalidRequest([queryProblem('depth', 'not-allowed', 'must be a whole number from 0')]);
  }
  return {
    direction: oneOf('direction', direction, ['upstream', 'downstream']) ?? 'upstream',
    ...(depth !== undefined && { depth: Number(depth) }),
    ...(validAt !== undefined && { validAt: instantOf('validAt', validAt)! }),
    ...(knownAt !== undefined && { knownAt: (await asOf.knownMoment(knownAt)).logIndex }),
  };
}
