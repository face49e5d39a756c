import { type RefusalCode } from '#custody';
import { CommandRefused } from '#recording';
import { list, term, wholeNumber, type ReadonlyOf } from '#vocabulary';

/** Every `code` an answer can carry, with its HTTP status (RFC 9457 problem `urn:lodebook:problem:<code>`). */
const STATUS_OF = {
  'invalid-request': 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'revision-conflict': 409,
  'id-taken': 409,
  'stream-altered': 409,
  'too-large': 413,
  'unsupported-media-type': 415,
  'composition-too-wide': 422,
  'idempotency-key-reused': 422,
  'rate-limited': 429,
  'queue-full': 503,
  overloaded: 503,
  'signing-key-missing': 503,
  'internal-error': 500,
} as const;

export type ProblemCode = keyof typeof STATUS_OF | RefusalCode;

const PROBLEM_LINE = {
  path: term({ description: 'Where in the request', example: 'batches[2].grossGrams' }),
  code: term({ example: 'not-whole-grams' }),
  message: term(),
};
export type ProblemLine = ReadonlyOf<typeof PROBLEM_LINE>;

/** RFC 9457. */
export const PROBLEM = {
  name: 'Problem',
  fields: {
    type: term({ example: 'urn:lodebook:problem:batch-not-here' }),
    title: term(),
    status: wholeNumber({ description: 'HTTP status code', min: 400, max: 599 }),
    detail: term(),
    errors: list('ProblemLine', PROBLEM_LINE, { optional: true }),
  },
};
export type ProblemDocument = ReadonlyOf<(typeof PROBLEM)['fields']>;
/** How OpenAPI documents it. */
export const PROBLEM_CONTENT = {
  'application/problem+json': { schema: { $ref: `#/components/schemas/${PROBLEM.name}Schema` } },
};

/** A refusal on its way to the client. Refusals of the domain have status 422 unless the table says otherwise. */
export class Problem extends CommandRefused {
  override readonly name = 'Problem';
  declare readonly code: ProblemCode;
  readonly status: number;

  constructor(
    code: ProblemCode,
    detail: string,
    errors: readonly ProblemLine[] = [],
    retryAfterSeconds?: number,
    status?: number,
  ) {
    super(code, detail, errors, retryAfterSeconds);
    this.status = status ?? (STATUS_OF as Record<string, number>)[code] ?? 422;
  }

  toDocument(): ProblemDocument {
    return {
      type: `urn:lodebook:problem:${this.code}`,
      title: titleOf(this.code),
      status: this.status,
      detail: this.detail,
      ...(this.errors.length > 0 && { errors: [...this.errors] }),
    };
  }
}

function titleOf(code: string): string {
  const words = code.replaceAll('-', ' ');
  return words[0]!.toUpperCase() + words.slice(1);
}
