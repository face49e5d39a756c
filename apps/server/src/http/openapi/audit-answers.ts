/** The shapes of the audit's answers, for the OpenAPI document. */
import { ApiProperty } from '@nestjs/swagger';
import { SIGNATURE_FINDINGS } from '#signing';

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

class BroughtIdSchema {
  @ApiProperty() id!: string;
  @ApiProperty({ required: false, description: 'Missing for a concern raised with a key of no organisation' })
  organisationId?: string;
  @ApiProperty({ ...count, description: 'Of the event that brought it' }) logIndex!: number;
}

class ConfusablePairSchema extends BroughtIdSchema {
  @ApiProperty({ enum: ['organisation', 'site', 'batch', 'shipment', 'transformation', 'attestation', 'concern'] })
  kind!: string;
  @ApiProperty({ type: BroughtIdSchema, description: 'The first one of another organisation' })
  looksLike!: BroughtIdSchema;
}

export class ConfusablePairsSchema {
  @ApiProperty({ type: [ConfusablePairSchema] }) items!: ConfusablePairSchema[];
  @ApiProperty({ type: String, nullable: true, description: 'Send it as `cursor` for the next page' })
  next!: string | null;
}

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
  @ApiProperty({ ...moment, nullable: true }) validAt!: string | null;
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

class ComparedMomentSchema {
  @ApiProperty({ type: 'integer' }) logIndex!: number;
  @ApiProperty(moment) validAt!: string;
}

class ClaimDifferenceSchema {
  @ApiProperty() claim!: string;
  @ApiProperty({ required: false }) mineral?: string;
  @ApiProperty({ required: false }) right?: string;
  @ApiProperty({ type: 'string', nullable: true }) from!: string | null;
  @ApiProperty({ type: 'string', nullable: true }) to!: string | null;
}

class MovingEventSchema {
  @ApiProperty({ format: 'uuid' }) eventId!: string;
  @ApiProperty({ type: 'integer' }) logIndex!: number;
  @ApiProperty() type!: string;
}

class VerdictDifferenceSchema {
  @ApiProperty() batchId!: string;
  @ApiProperty() programme!: string;
  @ApiProperty({ type: 'string', nullable: true, description: 'Null: there was no such batch' }) from!: string | null;
  @ApiProperty({ type: 'string', nullable: true }) to!: string | null;
  @ApiProperty({ type: [ClaimDifferenceSchema] }) claims!: ClaimDifferenceSchema[];
  @ApiProperty({ type: [MovingEventSchema], description: 'Recorded in between, each moved a claim' })
  events!: MovingEventSchema[];
  @ApiProperty({ description: 'The passing of time alone moved a claim' }) timePassed!: boolean;
}

export class DifferencesSchema {
  @ApiProperty({ type: ComparedMomentSchema }) from!: ComparedMomentSchema;
  @ApiProperty({ type: ComparedMomentSchema }) to!: ComparedMomentSchema;
  @ApiProperty({ type: [VerdictDifferenceSchema] }) items!: VerdictDifferenceSchema[];
  @ApiProperty({ type: 'string', nullable: true, description: 'Cursor of the batches not looked at yet' })
  next!: string | null;
}
