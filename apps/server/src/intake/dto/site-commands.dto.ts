import { CUSTODY_MODELS, LABEL_CARRIERS, MINERALS } from '#custody';
import {
  BatchMassDto,
  CommandBody,
  ContentGramsDto,
  OriginDto,
  OutputDto,
  ReceivedBatchDto,
  TradeTermsDto,
} from './custody-fields.dto.js';
import { Grams, Id, IdList, Nested, NestedList, OneOf, Pattern, Text } from './fields.js';

export class RegisterBatchDto extends CommandBody {
  @Id() batchId!: string;
  @Text() material!: string;
  @Grams({ min: 1 }) grossGrams!: number;
  @Nested(() => ContentGramsDto, { description: 'Grams of each mineral contained; {} while it is unknown' })
  contentGrams!: ContentGramsDto;
  @Nested(() => OriginDto) origin!: OriginDto;
}

export class TransformBatchesDto extends CommandBody {
  @Id() transformationId!: string;
  @Text({ description: '`recycling` recovers collected waste and scrap' })
  process!: string;
  @OneOf(CUSTODY_MODELS, { description: 'ISO 22095' }) chainOfCustody!: string;
  @NestedList(() => BatchMassDto) inputs!: BatchMassDto[];
  @NestedList(() => OutputDto) outputs!: OutputDto[];
  @Grams({ optional: true, description: 'Mass added that contains none of the minerals' }) reagentGrams?: number;
}

export class SplitBatchDto extends CommandBody {
  @Id() batchId!: string;
  @NestedList(() => BatchMassDto, { description: 'Content follows mass; what is not split off stays in the batch' })
  parts!: BatchMassDto[];
}

export class DispatchBatchesDto extends CommandBody {
  @Id() shipmentId!: string;
  @Id() consigneeSiteId!: string;
  @IdList({ description: 'Whole batches: split first to send a part' }) batchIds!: string[];
  @Text({ optional: true, example: 'sea', withholdable: true }) transport?: string;
  @Nested(() => TradeTermsDto, { optional: true, withholdable: true }) tradeTerms?: TradeTermsDto;
}

export class ReceiveBatchesDto extends CommandBody {
  @Id() shipmentId!: string;
  @NestedList(() => ReceivedBatchDto, { description: 'Every batch of the shipment' }) batches!: ReceivedBatchDto[];
}

export class RefuseShipmentDto extends CommandBody {
  @Id() shipmentId!: string;
  @Text({ withholdable: true }) reason!: string;
}

export class ReturnShipmentDto extends CommandBody {
  @Id() shipmentId!: string;
}

export class LabelBatchDto extends CommandBody {
  @Id() batchId!: string;
  @Id() labelId!: string;
  @Text({ example: 'gs1-digital-link' }) standard!: string;
  @OneOf(LABEL_CARRIERS) carrier!: string;
  @Text({ withholdable: true }) value!: string;
}

export class RemoveLabelDto extends CommandBody {
  @Id() batchId!: string;
  @Id() labelId!: string;
  @Text({ withholdable: true }) reason!: string;
}

export class AssayBatchDto extends CommandBody {
  @Id() batchId!: string;
  @Nested(() => ContentGramsDto) contentGrams!: ContentGramsDto;
  @Text({ example: 'ICP-OES', withholdable: true }) method!: string;
  @Text({ optional: true, withholdable: true }) laboratory?: string;
}

export class DeclareRecycledContentDto extends CommandBody {
  @Id() batchId!: string;
  @OneOf(MINERALS) mineral!: string;
  @Pattern(/^(0(\.\d{1,6})?|1(\.0{1,6})?)$/, 'must be a decimal string from 0 to 1 with at most 6 places', {
    example: '0.16',
  })
  share!: string;
}

export class ConsumeBatchDto extends CommandBody {
  @Id() batchId!: string;
  @Grams({ min: 1 }) grossGrams!: number;
  @Id() productId!: string;
}

export class DisposeBatchDto extends CommandBody {
  @Id() batchId!: string;
  @Grams({ min: 1 }) grossGrams!: number;
  @Text({ withholdable: true }) reason!: string;
}

export class HoldBatchDto extends CommandBody {
  @Id() batchId!: string;
  @Text({ withholdable: true }) reason!: string;
}

export class ReleaseBatchDto extends CommandBody {
  @Id() batchId!: string;
}
