/** The shapes of the claims answers, for the OpenAPI document. */
import { ApiProperty, OmitType } from '@nestjs/swagger';
import { ASSURANCES, ATTESTED_CRITERIA } from '#attestation';
import { BATTERY_CATEGORIES, BECAUSES, CLAIMS, VERDICTS } from '#claims';
import { MINERALS } from '#custody';
import { ATTESTATION_ANSWER, AWAITING_ANSWER, CONCERN_ANSWER, DOCKET_ANSWER } from '#read-model';
import { DOCUMENT_KINDS } from '#vocabulary';
import { answerClass } from './answer-class.js';
import { BatchSchema } from './query-answers.js';

const share = { type: 'string', pattern: '^\\d\\.\\d{6}$', required: false } as const;
const grams = { type: 'integer', minimum: 0, required: false } as const;
const milligrams = { ...grams, description: 'Exact; the same in grams adds up to the content' } as const;
const instant = { type: 'string', format: 'date-time' } as const;
const next = { type: 'string', nullable: true, description: 'Cursor of the following page; null on the last' } as const;

class KnownAtSchema {
  @ApiProperty({
    type: 'integer',
    description:
      'Up to which all events count. With `reasons=false` perhaps later ones do, too, and of the latest some may not yet; with `Ledger-Position` all do',
  })
  logIndex!: number;
}
class SubjectSchema {
  @ApiProperty({ enum: [...CLAIMS] }) claim!: string;
  @ApiProperty({ enum: [...MINERALS], required: false }) mineral?: string;
  @ApiProperty({ required: false, description: 'Labour right, risk of conduct or environmental criterion' })
  right?: string;
  @ApiProperty({ enum: [...DOCUMENT_KINDS], required: false, description: 'Of `documented`: which document' })
  document?: string;
}
class ClaimSchema extends SubjectSchema {
  @ApiProperty({ enum: [...VERDICTS] }) verdict!: string;
  @ApiProperty() citation!: string;
  @ApiProperty({ required: false, description: 'Of `undetermined`: the act that the rule awaits' }) act?: string;
  @ApiProperty({
    required: false,
    enum: [true],
    description: 'The duty is not laid on what is asked about: what the verdict would be',
  })
  indicative?: boolean;
  @ApiProperty({ ...share, description: 'Proven share' }) lower?: string;
  @ApiProperty({ ...share, description: 'Share if all that is undecided counted' }) upper?: string;
  @ApiProperty(share) threshold?: string;
  @ApiProperty(milligrams) recycledMilligrams?: number;
  @ApiProperty(milligrams) undeclaredMilligrams?: number;
  @ApiProperty({ ...milligrams, description: 'Would count if somebody vouched for it; of rules that ask for that' })
  unvouchedMilligrams?: number;
  @ApiProperty(milligrams) totalMilligrams?: number;
  @ApiProperty(grams) recycledGrams?: number;
  @ApiProperty(grams) undeclaredGrams?: number;
  @ApiProperty(grams) unvouchedGrams?: number;
  @ApiProperty(grams) totalGrams?: number;
}
class ReasonSchema extends SubjectSchema {
  @ApiProperty({ enum: ['broken', 'unproven'] }) verdict!: string;
  @ApiProperty({
    enum: [...BECAUSES],
    description: 'Each is explained in docs/reasons.md',
    example: 'attestation-gap',
  })
  because!: string;
  @ApiProperty({ required: false }) batchId?: string;
  @ApiProperty({ required: false }) siteId?: string;
  @ApiProperty({ ...instant, required: false }) from?: string;
  @ApiProperty({ ...instant, required: false }) until?: string;
  @ApiProperty({ type: [String], description: 'The events that decide' }) eventIds!: string[];
}
class ExplanationSchema extends OmitType(ReasonSchema, ['claim', 'mineral', 'right', 'document']) {
  @ApiProperty({ type: [SubjectSchema], description: 'The lines of the programme that it explains' })
  about!: SubjectSchema[];
  @ApiProperty({
    description:
      'What, where, when, and the events that decide, with who and their own words, as far as the caller may see them. Plain English, UTC',
  })
  sentence!: string;
}
class MissingSchema {
  @ApiProperty({ enum: [...VERDICTS], description: 'Of the line, without the statement' }) verdict!: string;
  @ApiProperty({ ...share, description: 'Share that would still be proven, where that is another' }) lower?: string;
  @ApiProperty({ enum: [...BECAUSES], required: false, description: 'The first reason that the line has not now' })
  because?: string;
  @ApiProperty({ required: false }) batchId?: string;
  @ApiProperty({ required: false }) siteId?: string;
  @ApiProperty({ ...instant, required: false }) from?: string;
  @ApiProperty({ ...instant, required: false }) until?: string;
}
class StatementSchema {
  @ApiProperty() attestationId!: string;
  @ApiProperty() issuerOrganisationId!: string;
  @ApiProperty({ example: 'rmap' }) scheme!: string;
  @ApiProperty({ enum: ASSURANCES }) assurance!: string;
  @ApiProperty() siteId!: string;
  @ApiProperty({ ...instant, description: 'From when on its cover counts here' }) from!: string;
  @ApiProperty({ ...instant, description: 'Until when its cover counts' }) until!: string;
  @ApiProperty({ type: MissingSchema }) missing!: MissingSchema;
}
class RestingLineSchema extends SubjectSchema {
  @ApiProperty() citation!: string;
  @ApiProperty({ type: [StatementSchema], description: 'In the order in which they were issued' })
  statements!: StatementSchema[];
}
class RestsOnSchema {
  @ApiProperty({ type: [RestingLineSchema], description: 'The lines that rest on any attestation' })
  claims!: RestingLineSchema[];
  @ApiProperty({ description: 'There are more statements than are tried; those issued last are left out' })
  truncated!: boolean;
}
class WhatIfSchema {
  @ApiProperty({ enum: [...BATTERY_CATEGORIES], required: false, description: 'Were it a battery of this category' })
  batteryCategory?: string;
  @ApiProperty({ ...instant, required: false, description: 'Had it been placed on the market then' }) rulesAt?: string;
}
export class ClaimsSchema {
  @ApiProperty() batchId!: string;
  @ApiProperty({ example: 'us-japan-cma-2023@1' }) programme!: string;
  @ApiProperty(instant) validAt!: string;
  @ApiProperty({ ...instant, description: 'Which law applied' }) rulesAt!: string;
  @ApiProperty({ type: WhatIfSchema, required: false, description: 'What the question supposes, and is not so' })
  whatIf?: WhatIfSchema;
  @ApiProperty({ type: KnownAtSchema }) knownAt!: KnownAtSchema;
  @ApiProperty({ enum: [...VERDICTS] }) verdict!: string;
  @ApiProperty({ type: [ClaimSchema] }) claims!: ClaimSchema[];
  @ApiProperty({
    type: [ReasonSchema],
    required: false,
    description: 'One for each line that does not hold, as replays and bundles say; none with `reasons=false`',
  })
  reasons?: ReasonSchema[];
  @ApiProperty({
    type: [ExplanationSchema],
    required: false,
    description: 'The same in sentences, once for all that the same events explain; none with `reasons=false`',
  })
  explanations?: ExplanationSchema[];
  @ApiProperty({ ...instant, required: false, description: 'Until when the passing of time alone cannot change it' })
  standsUntil?: string;
  @ApiProperty({ type: RestsOnSchema, required: false, description: 'On request: what each line rests on' })
  restsOn?: RestsOnSchema;
}

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

class JudgedBatchSchema extends BatchSchema {
  @ApiProperty({ required: false, description: '`id@version`, when asked by programme' }) programme?: string;
  @ApiProperty({ enum: [...VERDICTS], required: false }) verdict?: string;
  @ApiProperty({
    type: 'integer',
    required: false,
    description: 'Log index up to which the verdict takes all events into account, and perhaps later ones',
  })
  judgedUpTo?: number;
}
export class JudgedBatchPageSchema {
  @ApiProperty({ type: [JudgedBatchSchema] }) items!: JudgedBatchSchema[];
  @ApiProperty(next) next!: string | null;
}

class VerdictCountsSchema {
  @ApiProperty({ type: 'integer', required: false }) holds?: number;
  @ApiProperty({ type: 'integer', required: false }) broken?: number;
  @ApiProperty({ type: 'integer', required: false }) unproven?: number;
  @ApiProperty({ type: 'integer', required: false }) undetermined?: number;
  @ApiProperty({ type: 'integer', required: false }) 'not-in-force'?: number;
  @ApiProperty({ type: 'integer', required: false }) 'out-of-scope'?: number;
}
class ClaimCountsSchema extends SubjectSchema {
  @ApiProperty({ type: VerdictCountsSchema }) verdicts!: VerdictCountsSchema;
}
export class OverviewSchema {
  @ApiProperty() programme!: string;
  @ApiProperty({ type: 'integer', description: 'Log index up to which all events are taken into account' })
  judgedUpTo!: number;
  @ApiProperty({ type: VerdictCountsSchema }) verdicts!: VerdictCountsSchema;
  @ApiProperty({ type: [ClaimCountsSchema] }) claims!: ClaimCountsSchema[];
}
