import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiProperty, ApiResponse } from '@nestjs/swagger';

class RecordedEventAnswer {
  @ApiProperty({ format: 'uuid' }) eventId!: string;
  @ApiProperty({ example: 'BatchRegistered' }) type!: string;
  @ApiProperty({ example: 'site-aosora-hydroxide' }) stream!: string;
  @ApiProperty({ description: 'Index in the stream, decimal', example: '12' }) revision!: string;
  @ApiProperty({ description: 'Place in the ledger’s global order, decimal', example: '1204' }) position!: string;
}

class CommandWarningAnswer {
  @ApiProperty({ enum: ['confusable-id'] }) code!: string;
  @ApiProperty({ example: 'outputs[2].batchId' }) path!: string;
  @ApiProperty() message!: string;
}

export class CommandReceiptAnswer {
  @ApiProperty({ type: [RecordedEventAnswer] }) events!: RecordedEventAnswer[];
  @ApiProperty({
    type: [CommandWarningAnswer],
    required: false,
    description: 'A new id looks like one of another organisation; it is recorded all the same',
  })
  warnings?: CommandWarningAnswer[];
}

class ProblemLineAnswer {
  @ApiProperty({ example: 'batches[2].grossGrams' }) path!: string;
  @ApiProperty({ example: 'not-whole-grams' }) code!: string;
  @ApiProperty() message!: string;
}

/** RFC 9457. */
export class ProblemAnswer {
  @ApiProperty({ example: 'urn:lodebook:problem:batch-not-here' }) type!: string;
  @ApiProperty() title!: string;
  @ApiProperty({ type: 'integer' }) status!: number;
  @ApiProperty() detail!: string;
  @ApiProperty({ type: [ProblemLineAnswer], required: false }) errors?: ProblemLineAnswer[];
}

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
  return applyDecorators(
    ...statuses.map((status) =>
      ApiResponse({
        status,
        description: PROBLEMS[status]!,
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemAnswer' } } },
      }),
    ),
  );
}

/** A problem document, by its status. */
export function problemAnswer(status: number): {
  description: string;
  content: Record<string, { schema: { $ref: string } }>;
} {
  return {
    description: PROBLEMS[status]!,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemAnswer' } } },
  };
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
      type: CommandReceiptAnswer,
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
