/** The shapes of the query answers, for the OpenAPI document. */
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import {
  EVENT_LINKS,
  ORGANISATION_ANSWER,
  SEARCHED_FIELDS,
  SEARCHED_KINDS,
  SHIPMENT_ANSWER,
  SITE_ANSWER,
} from '#read-model';
import { answerClass } from './answer-class.js';
import { CONTENT_CLASSES } from '#claims';
import { MINERALS, LEGAL_BASES } from '#custody';

const grams = { type: 'integer', minimum: 0 } as const;
const instant = { type: 'string', format: 'date-time' } as const;
const perMineral = (value: object): ApiPropertyOptions => ({
  type: 'object',
  properties: Object.fromEntries(MINERALS.map((mineral) => [mineral, value])),
});
const next = { type: 'string', nullable: true, description: 'Cursor of the following page; null on the last' } as const;

/** A text, or what stands for one that is withheld. */
const withholdable = {
  oneOf: [
    { type: 'string' },
    {
      type: 'object',
      description: 'Withheld: SHA-256 over a salt and the value',
      properties: {
        commitment: { type: 'string' },
        legalBasis: { type: 'string', enum: [...LEGAL_BASES] },
        until: { type: 'string', format: 'date-time' },
      },
      required: ['commitment', 'legalBasis', 'until'],
    },
  ],
};

class HistoryDisclosureSchema {
  @ApiProperty() path!: string;
  @ApiProperty() commitment!: string;
  @ApiProperty() salt!: string;
  @ApiProperty({ type: Object }) value!: unknown;
  @ApiProperty({ enum: [...LEGAL_BASES] }) legalBasis!: string;
  @ApiProperty(instant) until!: string;
}

class HistorySignatureSchema {
  @ApiProperty() keyId!: string;
  @ApiProperty({ enum: ['in-force', 'signature-revoked'] }) status!: string;
}

class LabelSchema {
  @ApiProperty() labelId!: string;
  @ApiProperty({ example: 'gs1-digital-link' }) standard!: string;
  @ApiProperty({ example: 'qr' }) carrier!: string;
  @ApiProperty(withholdable) value!: string | object;
  @ApiProperty(instant) labelledAt!: string;
  @ApiProperty({ required: false, description: 'As the last receipt found it' }) condition?: string;
}

export class BatchSchema {
  @ApiProperty() batchId!: string;
  @ApiProperty({ description: 'Code of the table of materials', example: 'black-mass' }) material!: string;
  @ApiProperty({ required: false, description: 'What it is, when material is other' }) otherMaterial?: string;
  @ApiProperty({ enum: ['at-site', 'in-transit', 'spent'] }) status!: string;
  @ApiProperty({ required: false }) siteId?: string;
  @ApiProperty(grams) grossGrams!: number;
  @ApiProperty(perMineral(grams)) contentGrams!: object;
  @ApiProperty({ description: 'False: no event has said what it contains' }) contentKnown!: boolean;
  @ApiProperty({
    required: false,
    description: 'The content is the estimate of its registration, until the first assay',
  })
  provisional?: boolean;
  @ApiProperty(
    perMineral({
      type: 'array',
      items: {
        type: 'object',
        required: ['country', 'class', 'milligrams', 'grams'],
        properties: {
          country: { type: 'string' },
          class: { type: 'string', enum: [...CONTENT_CLASSES] },
          recycledIn: { type: 'string', description: 'Country of the site that recycled it' },
          milligrams: { type: 'integer', minimum: 1, description: 'Exact' },
          grams,
        },
      },
    }),
  )
  composition!: object;
  @ApiProperty({ type: [LabelSchema] }) labels!: LabelSchema[];
  @ApiProperty() held!: boolean;
}
export class BatchPageSchema {
  @ApiProperty({ type: [BatchSchema] }) items!: BatchSchema[];
  @ApiProperty(next) next!: string | null;
}

const ShipmentSchema = answerClass(SHIPMENT_ANSWER);
export class ShipmentPageSchema {
  @ApiProperty({ type: [ShipmentSchema] }) items!: object[];
  @ApiProperty(next) next!: string | null;
}

export const SiteSchema = answerClass(SITE_ANSWER);
export class SitePageSchema {
  @ApiProperty({ type: [SiteSchema] }) items!: object[];
  @ApiProperty(next) next!: string | null;
}
export const OrganisationSchema = answerClass(ORGANISATION_ANSWER);
export class OrganisationPageSchema {
  @ApiProperty({ type: [OrganisationSchema] }) items!: object[];
  @ApiProperty(next) next!: string | null;
}

class HistoryEntrySchema {
  @ApiProperty({ type: 'integer', description: '0-based index of the leaf' }) logIndex!: number;
  @ApiProperty({ description: 'SHA-256(0x00 ‖ canonical record), hex; RFC 9162 section 2.1.1' }) leafHash!: string;
  @ApiProperty({ type: 'object', additionalProperties: true }) record!: object;
  @ApiProperty({ required: false, type: [HistoryDisclosureSchema], description: 'What it withholds and you may see' })
  disclosures?: HistoryDisclosureSchema[];
  @ApiProperty({ required: false, type: HistorySignatureSchema }) signature?: HistorySignatureSchema;
}
class EventLinkSchema {
  @ApiProperty({ enum: [...EVENT_LINKS] }) rel!: string;
  @ApiProperty({ required: false }) id?: string;
  @ApiProperty({ description: 'Path of the API', example: '/v1/batches/battery-5-b' }) href!: string;
}
export class EventSchema extends HistoryEntrySchema {
  @ApiProperty({ description: 'Its id, or the pseudonym under which you may know it' }) eventId!: string;
  @ApiProperty({ required: false, description: 'Place in the ledger’s global order, decimal; of a whole record' })
  position?: string;
  @ApiProperty({ description: 'The record is the one that is hashed, with nothing replaced or left out' })
  whole!: boolean;
  @ApiProperty({ type: [EventLinkSchema] }) links!: EventLinkSchema[];
}
export class HistoryPageSchema {
  @ApiProperty({ type: [HistoryEntrySchema] }) items!: HistoryEntrySchema[];
  @ApiProperty(next) next!: string | null;
}

export class ProvenanceSchema {
  @ApiProperty({ type: 'array', items: { allOf: [{ $ref: '#/components/schemas/BatchSchema' }], type: 'object' } })
  batches!: object[];
  @ApiProperty({ type: 'array', items: { type: 'object' } }) transformations!: object[];
  @ApiProperty({ type: 'array', items: { type: 'object' } }) hops!: object[];
  @ApiProperty({ description: 'A limit cut the graph: what is shown is the nearest part' }) truncated!: boolean;
}

class SearchMatchSchema {
  @ApiProperty({ enum: [...SEARCHED_FIELDS] }) field!: string;
  @ApiProperty({ description: 'What the text that was looked for is in' }) text!: string;
}
class SearchItemSchema {
  @ApiProperty({ enum: [...SEARCHED_KINDS] }) kind!: string;
  @ApiProperty() id!: string;
  @ApiProperty({ type: SearchMatchSchema }) matched!: SearchMatchSchema;
  @ApiProperty({ ...withholdable, required: false, description: 'Of an organisation or a site' }) name?:
    string | object;
  @ApiProperty({ required: false, description: 'Of an organisation or a site' }) country?: string;
  @ApiProperty({ required: false, description: 'Of a site' }) organisationId?: string;
  @ApiProperty({ required: false, description: 'Of a batch' }) material?: string;
  @ApiProperty({ required: false, enum: ['at-site', 'in-transit', 'spent'], description: 'Of a batch' })
  status?: string;
  @ApiProperty({ required: false, description: 'Of a batch that is at a site' }) siteId?: string;
}
export class SearchSchema {
  @ApiProperty({ type: [SearchItemSchema] }) items!: SearchItemSchema[];
  @ApiProperty({ description: 'There is more than is shown: a longer text finds less' }) more!: boolean;
}
