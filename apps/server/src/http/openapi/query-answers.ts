/** The shapes of the query answers, for the OpenAPI document. */
import { ApiProperty } from '@nestjs/swagger';
import {
  BATCH_ANSWER,
  EVENT_LINKS,
  ORGANISATION_ANSWER,
  PROVENANCE_ANSWER,
  SEARCH_ANSWER,
  SHIPMENT_ANSWER,
  SITE_ANSWER,
} from '#read-model';
import { LEGAL_BASES } from '#custody';
import { answerClass } from './answer-class.js';

const instant = { type: 'string', format: 'date-time' } as const;
const next = { type: 'string', nullable: true, description: 'Cursor of the following page; null on the last' } as const;

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

export const BatchSchema = answerClass(BATCH_ANSWER);
export class BatchPageSchema {
  @ApiProperty({ type: [BatchSchema] }) items!: object[];
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

export const ProvenanceSchema = answerClass(PROVENANCE_ANSWER);
export const SearchSchema = answerClass(SEARCH_ANSWER);
