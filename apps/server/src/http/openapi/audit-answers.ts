/** The shapes of the audit's answers, for the OpenAPI document. */
import { ApiProperty } from '@nestjs/swagger';
import { CONFUSABLE_PAIR } from '#read-model';
import { SIGNATURE_FINDINGS } from '#signing';
import { DIFFERENCES_ANSWER } from '../../audit/difference-answers.js';
import { answerClass, pageClass } from './answer-class.js';

const hash = { type: 'string', description: 'SHA-256, 64 hexadecimal digits', pattern: '^[0-9a-f]{64}$' } as const;
const count = { type: 'integer', minimum: 0 } as const;

export class InclusionSchema {
  @ApiProperty({ ...count, description: '0-based log index' }) leafIndex!: number;
  @ApiProperty({ ...count, description: 'Leaves of the tree that the proof is for' }) treeSize!: number;
  @ApiProperty(hash) leafHash!: string;
  @ApiProperty({ type: 'array', items: hash, description: 'Sibling hashes, from the leaf upwards' }) proof!: string[];
  @ApiProperty({ ...hash, description: 'Root of that tree: compare it with a signed one' }) root!: string;
}

export class ConsistencySchema {
  @ApiProperty(count) size1!: number;
  @ApiProperty(count) size2!: number;
  @ApiProperty(hash) root1!: string;
  @ApiProperty(hash) root2!: string;
  @ApiProperty({ type: 'array', items: hash }) proof!: string[];
}

export class RotationSchema {
  @ApiProperty({ description: 'Verifier key that signs from now on' }) key!: string;
  @ApiProperty({ ...count, description: 'Size of the log from which on it signs' }) from!: number;
}

export const ConfusablePairsSchema = pageClass(CONFUSABLE_PAIR);

const moment = { type: 'string', format: 'date-time' } as const;
const counts = { type: 'object', additionalProperties: { type: 'integer' } } as const;

class SignatureFindingSchema {
  @ApiProperty({ type: 'integer' }) logIndex!: number;
  @ApiProperty({ enum: [...SIGNATURE_FINDINGS] }) finding!: string;
}

class SignatureReportSchema {
  @ApiProperty({ ...count, description: 'Signatures of commands that hold' }) verified!: number;
  @ApiProperty({ ...counts, description: 'Finding → how often' }) counts!: object;
  @ApiProperty({ type: [SignatureFindingSchema], description: 'The first hundred' })
  findings!: SignatureFindingSchema[];
}

class ReplayReportSchema {
  @ApiProperty({ ...count, description: 'Events replayed' }) events!: number;
  @ApiProperty({ ...count, description: 'Events of the log when the replay began, all of them hashed' })
  logSize!: number;
  @ApiProperty(hash) root!: string;
  @ApiProperty({ ...count, description: 'Of these, covered by a signed checkpoint' }) signedSize!: number;
  @ApiProperty({ anyOf: [moment, { type: 'null' }], description: 'Null for an empty log' }) validAt!: string | null;
  @ApiProperty({ type: [String] }) programmes!: string[];
  @ApiProperty({ type: SignatureReportSchema }) signatures!: SignatureReportSchema;
  @ApiProperty(count) batches!: number;
  @ApiProperty({ type: 'object', additionalProperties: counts, description: 'Programme → verdict → batches' })
  verdicts!: object;
  @ApiProperty({ ...hash, description: 'SHA-256 over the sorted canonical verdicts' }) digest!: string;
}

class ReplayProblemSchema {
  @ApiProperty() code!: string;
  @ApiProperty() detail!: string;
}

export class ReplaySchema {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ enum: ['waiting', 'running', 'done', 'failed'] }) status!: string;
  @ApiProperty({ required: false }) until?: string;
  @ApiProperty({ required: false }) programme?: string;
  @ApiProperty({ required: false, enum: ['reading', 'folding', 'judging'] }) phase?: string;
  @ApiProperty({ required: false, type: 'number', description: 'Of the phase, 0 to 1' }) share?: number;
  @ApiProperty({ required: false, type: () => ReplayReportSchema }) report?: ReplayReportSchema;
  @ApiProperty({ required: false, type: () => ReplayProblemSchema }) problem?: ReplayProblemSchema;
}

export const DifferencesSchema = answerClass(DIFFERENCES_ANSWER);
