/** Corrections, and the data of each event of a site as they may replace them (`domain.md`, "Corrections"). */
import { ACTIVITIES, type SiteEvents } from '#custody';
import {
  BatchMassDto,
  CommandBody,
  ContentGramsDto,
  DocumentDto,
  LabelConditionDto,
  LocationDto,
  TradeTermsDto,
} from './custody-fields.dto.js';
import { Country, Grams, Id, IdList, Nested, NestedList, ObjectOfOne, SomeOf, Text, Uuid } from './fields.js';
import {
  AssayBatchDto,
  ConsumeBatchDto,
  DeclareRecycledContentDto,
  DisposeBatchDto,
  LabelBatchDto,
  RefuseShipmentDto,
  RegisterBatchDto,
  ReleaseBatchDto,
  RemoveLabelDto,
  SplitBatchDto,
  TransformBatchesDto,
} from './site-commands.dto.js';

class SiteOpenedData {
  @Id() siteId!: string;
  @Id() organisationId!: string;
  @Text({ withholdable: true }) name!: string;
  @Country() country!: string;
  @SomeOf(ACTIVITIES) activities!: string[];
  @Nested(() => LocationDto, { optional: true, withholdable: true }) location?: LocationDto;
  @NestedList(() => DocumentDto, { optional: true, withholdable: true }) documents?: DocumentDto[];
}

class DispatchedBatchData extends BatchMassDto {
  @Text() material!: string;
  @Nested(() => ContentGramsDto) contentGrams!: ContentGramsDto;
  @IdList({ mayBeEmpty: true }) labels!: string[];
}

class BatchesDispatchedData {
  @Id() shipmentId!: string;
  @Id() consigneeSiteId!: string;
  @NestedList(() => DispatchedBatchData) batches!: DispatchedBatchData[];
  @Text({ optional: true, withholdable: true }) transport?: string;
  @Nested(() => TradeTermsDto, { optional: true, withholdable: true }) tradeTerms?: TradeTermsDto;
  @NestedList(() => DocumentDto, { optional: true, withholdable: true }) documents?: DocumentDto[];
}

class ReceivedBatchData {
  @Id() batchId!: string;
  @Text() material!: string;
  @Grams() grossGrams!: number;
  @Nested(() => ContentGramsDto) contentGrams!: ContentGramsDto;
  @NestedList(() => LabelConditionDto, { mayBeEmpty: true }) labels!: LabelConditionDto[];
}

class BatchesReceivedData {
  @Id() shipmentId!: string;
  @Id() consignorSiteId!: string;
  @NestedList(() => ReceivedBatchData) batches!: ReceivedBatchData[];
  @NestedList(() => DocumentDto, { optional: true, withholdable: true }) documents?: DocumentDto[];
}

class ShipmentReturnedData {
  @Id() shipmentId!: string;
  @NestedList(() => DispatchedBatchData) batches!: DispatchedBatchData[];
  @NestedList(() => DocumentDto, { optional: true, withholdable: true }) documents?: DocumentDto[];
}

class BatchHeldData {
  @Id() batchId!: string;
  @Text() authority!: string;
  @Text({ withholdable: true }) reason!: string;
  @NestedList(() => DocumentDto, { optional: true, withholdable: true }) documents?: DocumentDto[];
}

/** A correction's own data is never replaced: correcting it means correcting the event at its root. */
export const REPLACEMENT_SHAPES: { readonly [T in Exclude<keyof SiteEvents, 'RecordCorrected'>]: new () => object } = {
  SiteOpened: SiteOpenedData,
  BatchRegistered: RegisterBatchDto,
  BatchesTransformed: TransformBatchesDto,
  BatchSplit: SplitBatchDto,
  BatchesDispatched: BatchesDispatchedData,
  BatchesReceived: BatchesReceivedData,
  ShipmentRefused: RefuseShipmentDto,
  ShipmentReturned: ShipmentReturnedData,
  BatchLabelled: LabelBatchDto,
  LabelRemoved: RemoveLabelDto,
  BatchAssayed: AssayBatchDto,
  RecycledContentDeclared: DeclareRecycledContentDto,
  BatchHeld: BatchHeldData,
  BatchReleased: ReleaseBatchDto,
  BatchConsumed: ConsumeBatchDto,
  BatchDisposed: DisposeBatchDto,
};

export class CorrectRecordDto extends CommandBody {
  @Uuid({ description: 'The event corrected, of the same site' }) eventId!: string;
  @ObjectOfOne(() => Object.values(REPLACEMENT_SHAPES), {
    description: 'The corrected data of that event, whole. What its command may withhold, this may withhold in it',
  })
  replacement!: Record<string, unknown>;
  @Text({ withholdable: true }) reason!: string;
}
