/** The parameters of a request for evidence, of a batch and of a product. */
import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { type EvidenceQuestion } from '#audit';
import { instantOf } from '../claims/as-of.js';
import { invalidRequest, queryProblem } from '../shapes/validation.js';
import { readQuery, type QueryString } from './page.js';

/** Documents them. */
export function EvidenceParameters(): MethodDecorator {
  return applyDecorators(
    ApiQuery({
      name: 'programme',
      required: false,
      schema: { type: 'string' },
      examples: { demonstration: { value: 'us-japan-cma-2023' } },
      description: '`id` or `id@version`; default: the newest version of each',
    }),
    ApiQuery({
      name: 'validAt',
      required: false,
      schema: { type: 'string', format: 'date-time' },
      description: 'Default: now',
    }),
    ApiQuery({
      name: 'disclosures',
      required: false,
      schema: { type: 'boolean', default: false },
      description: 'With the withheld values that the key may see, which the verdicts take into account',
    }),
  );
}

/** @throws Problem `invalid-request` */
export function readEvidenceQuery(query: QueryString): Omit<EvidenceQuestion, 'batchId'> {
  const { programme, validAt, disclosures = 'false' } = readQuery(query, ['programme', 'validAt', 'disclosures']);
  if (disclosures !== 'true' && disclosures !== 'false') {
    throw invalidRequest([queryProblem('disclosures', 'not-allowed', 'must be true or false')]);
  }
  return { programme, validAt: instantOf('validAt', validAt), disclosures: disclosures === 'true' };
}
