/** The shapes of the claims answers, for the OpenAPI document. */
import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { ASSURANCES, ATTESTED_CRITERIA } from '#attestation';
import {
  ATTESTATION_ANSWER,
  AWAITING_ANSWER,
  CLAIMS_ANSWER,
  CONCERN_ANSWER,
  DOCKET_ANSWER,
  JUDGED_BATCH_ANSWER,
  OVERVIEW_ANSWER,
} from '#read-model';
import { answerClass } from './answer-class.js';
import { BatchSchema } from './query-answers.js';

const next = { type: 'string', nullable: true, description: 'Cursor of the following page; null on the last' } as const;

export const ClaimsSchema = answerClass(CLAIMS_ANSWER);

class ProgrammeHeadSchema {
  @ApiProperty({ example: 'us-japan-cma-2023@1' }) programme!: string;
  @ApiProperty() id!: string;
  @ApiProperty() version!: string;
  @ApiProperty() title!: string;
  @ApiProperty() published!: string;
  @ApiProperty() source!: string;
}
export class ProgrammeListSchema {
  @ApiProperty({ type: [ProgrammeHeadSchema] }) items!: ProgrammeHeadSchema[];
  @ApiProperty(next) next!: string | null;
}
export class ProgrammeSchema {
  @ApiProperty() id!: string;
  @ApiProperty() version!: string;
  @ApiProperty() title!: string;
  @ApiProperty() published!: string;
  @ApiProperty() source!: string;
  @ApiProperty({ type: 'array', items: { type: 'object' } }) rules!: object[];
}

const AttestationSchema = answerClass(ATTESTATION_ANSWER);
export class AttestationPageSchema {
  @ApiProperty({ type: [AttestationSchema] }) items!: object[];
  @ApiProperty(next) next!: string | null;
}

class AttestationSchemeSchema {
  @ApiProperty({ example: 'rmap' }) id!: string;
  @ApiProperty() title!: string;
  @ApiProperty() source!: string;
  @ApiProperty({ enum: ASSURANCES, description: 'Who judges. `self` proves nothing' }) assurance!: string;
  @ApiProperty({ enum: ATTESTED_CRITERIA, isArray: true }) covers!: string[];
  @ApiProperty({ description: 'How long an attestation may be valid' }) longestValidityMonths!: number;
  @ApiProperty({ description: 'How far before its issue an attestation may begin' }) longestBackdatingMonths!: number;
}
export class AttestationSchemeListSchema {
  @ApiProperty({ type: [AttestationSchemeSchema] }) items!: AttestationSchemeSchema[];
  @ApiProperty(next) next!: string | null;
}

const ConcernSchema = answerClass(CONCERN_ANSWER);
export class ConcernPageSchema {
  @ApiProperty({ type: [ConcernSchema] }) items!: object[];
  @ApiProperty(next) next!: string | null;
}

export const DocketEntrySchema = answerClass(DOCKET_ANSWER);
export class DocketPageSchema {
  @ApiProperty({ type: [DocketEntrySchema] }) items!: object[];
  @ApiProperty(next) next!: string | null;
}
const AwaitingSchema = answerClass(AWAITING_ANSWER);
export class AwaitingPageSchema {
  @ApiProperty({ type: [AwaitingSchema] }) items!: object[];
  @ApiProperty(next) next!: string | null;
}

const JudgedBatchSchema = answerClass(JUDGED_BATCH_ANSWER);
@ApiExtraModels(BatchSchema, JudgedBatchSchema)
export class JudgedBatchPageSchema {
  @ApiProperty({
    description: 'With their verdicts when asked by programme',
    type: 'array',
    items: { anyOf: [{ $ref: getSchemaPath(JudgedBatchSchema) }, { $ref: getSchemaPath(BatchSchema) }] },
  })
  items!: object[];
  @ApiProperty(next) next!: string | null;
}

export const OverviewSchema = answerClass(OVERVIEW_ANSWER);
