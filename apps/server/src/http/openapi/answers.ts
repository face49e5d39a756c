import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import { COMMAND_RECEIPT } from '#recording';
import { PROBLEM, PROBLEM_CONTENT } from '../../problem/problem.js';
import { answerClass } from './answer-class.js';

export const CommandReceiptSchema = answerClass(COMMAND_RECEIPT);
export const ProblemSchema = answerClass(PROBLEM);

const PROBLEMS: Record<number, string> = {
  400: 'Malformed: every problem is listed with its path',
  401: 'No key, or one that is not known',
  404: 'Not found',
  409: 'The id is taken, or the site was changed by others meanwhile',
  412: 'If-Match did not hold',
  413: 'Too large',
  422: 'Refused by a rule of custody, or the Idempotency-Key was used for another request',
  403: 'Not for the role of this key',
  415: 'Another type of content than this address takes, or a Content-Encoding: none is taken',
  429: 'Too many requests: try again after Retry-After seconds',
  503: 'Overloaded: try again after Retry-After seconds',
};

export function Problems(...statuses: number[]): MethodDecorator & ClassDecorator {
  return applyDecorators(...statuses.map((status) => ApiResponse({ status, ...problemAnswer(status) })));
}

/** A problem document, by its status. */
export function problemAnswer(status: number): { description: string; content: typeof PROBLEM_CONTENT } {
  return { description: PROBLEMS[status]!, content: PROBLEM_CONTENT };
}

/** The answer of every command, its headers and its refusals. */
export function DocumentedCommand(): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'Same key and body: the same answer, nothing recorded again',
    }),
    ApiHeader({
      name: 'If-Match',
      required: false,
      description: 'The stream’s revision in double quotes; 412 when it has moved on',
    }),
    ApiHeader({
      name: 'Lodebook-Signature',
      required: false,
      description:
        'Detached JWS (EdDSA) by a signing key of the organisation, over the line that the command would be in a file, with the ledger’s origin and the organisation',
    }),
    ApiResponse({
      status: 201,
      description: 'Recorded, and on disk',
      type: CommandReceiptSchema,
      headers: {
        ETag: { description: 'The stream’s revision', schema: { type: 'string' } },
        'Idempotent-Replayed': {
          description: 'true when the command had been recorded before',
          schema: { type: 'string' },
        },
        'Ledger-Position': { description: 'Send it with a query to read this write', schema: { type: 'string' } },
      },
    }),
    Problems(400, 401, 404, 409, 412, 413, 422, 503),
  );
}
