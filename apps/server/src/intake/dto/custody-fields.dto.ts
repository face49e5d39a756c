import { LABEL_CONDITIONS, LEGAL_BASES, MAX_CONTENT_GRAMS, MINERALS, ORIGIN_KINDS, type ContentGrams } from '#custody';
import {
  AnyJson,
  Country,
  Flag,
  Grams,
  Id,
  Instant,
  Nested,
  NestedList,
  OneOf,
  Pattern,
  Sha256,
  Text,
} from './fields.js';

export class DocumentDto {
  @Sha256({ description: 'SHA-256 of the document, hex' }) sha256!: string;
  @Text({ optional: true }) uri?: string;
  @Text({ optional: true }) title?: string;
}

/** A field whose value the record does not show: it holds a salted commitment instead (`docs/audit.md`). */
export class WithheldDto {
  @Pattern(/^(\/[A-Za-z]+){1,3}$/, 'must be the JSON pointer of a field of the body', { example: '/transport' })
  path!: string;
  @OneOf(LEGAL_BASES) legalBasis!: string;
  @Instant({ description: 'From then on whoever may see the record may see the value' }) until!: string;
  @Pattern(/^[A-Za-z0-9_-]{21}[AQgw]$/, 'must be 16 bytes in base64url', {
    optional: true,
    description: 'Yours, when the body holds your own commitment; needed when the command is signed',
  })
  salt?: string;
  @AnyJson({ optional: true, description: 'With a salt: the value that the body commits to' }) value?: unknown;
}

/** What every command's body also takes. */
export class CommandBody {
  @Instant({ optional: true, description: 'When it happened in the world; default: now' }) occurredAt?: string;
  @NestedList(() => DocumentDto, { optional: true, withholdable: true }) documents?: DocumentDto[];
  @NestedList(() => WithheldDto, { optional: true, description: 'Fields that the record does not show' })
  withheld?: WithheldDto[];
}

/** One property a mineral of the table in `#custody`: a new mineral needs no change here. */
export class ContentGramsDto implements ContentGrams {}
for (const mineral of MINERALS) {
  Grams({ optional: true, max: MAX_CONTENT_GRAMS, description: `Grams of ${mineral} contained` })(
    ContentGramsDto.prototype,
    mineral,
  );
}

export class OriginDto {
  @OneOf(ORIGIN_KINDS) kind!: string;
  @Country({
    optional: true,
    withholdable: true,
    description: 'Of extracted material: where it was mined; default the country of the site',
  })
  country?: string;
  @Text({ optional: true, withholdable: true }) feedstock?: string;
}

export class BatchMassDto {
  @Id() batchId!: string;
  @Grams({ min: 1 }) grossGrams!: number;
}

export class OutputDto extends BatchMassDto {
  @Text({ example: 'lithium hydroxide monohydrate' }) material!: string;
  @Nested(() => ContentGramsDto) contentGrams!: ContentGramsDto;
  @Flag({ optional: true, description: 'Production scrap of this process' }) scrap?: boolean;
}

export class TradeTermsDto {
  @Flag() exportDuty!: boolean;
  @Flag() quantitativeRestriction!: boolean;
}

export class LabelConditionDto {
  @Id() labelId!: string;
  @OneOf(LABEL_CONDITIONS) condition!: string;
}

export class ReceivedBatchDto {
  @Id() batchId!: string;
  @Grams({ description: 'As weighed on arrival; 0 when it did not arrive' }) grossGrams!: number;
  @NestedList(() => LabelConditionDto, { mayBeEmpty: true, optional: true }) labels?: LabelConditionDto[];
}

export class LocationDto {
  @Pattern(/^-?([0-8]?\d(\.\d{1,8})?|90(\.0{1,8})?)$/, 'must be decimal degrees from -90 to 90, as a string', {
    example: '-29.25',
  })
  latitude!: string;
  @Pattern(
    /^-?((\d{1,2}|1[0-7]\d)(\.\d{1,8})?|180(\.0{1,8})?)$/,
    'must be decimal degrees from -180 to 180, as a string',
    { example: '116.02' },
  )
  longitude!: string;
}
