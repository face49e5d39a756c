/**
 * The provenance graph: what the fold over the ledger's events knows of batches, transformations, shipments and sites.
 * Every node is plain JSON, so that a table column can hold it and a projector can load, fold and store just the nodes
 * an event touches. An optional field may be absent or undefined: JSON leaves it out either way. Those that come and go
 * are undefined rather than deleted, which would turn a hot object into a slow dictionary.
 */
import {
  type ContentGrams,
  type CustodyModel,
  type LabelCarrier,
  type LabelCondition,
  type LedgerEvent,
  type Mineral,
  type Origin,
  type ProductCategory,
  type ProductKind,
  type TradeTerms,
  type Withholdable,
} from '#custody';
import { type DocumentKind, type Reliance } from '#vocabulary';

/** An event with its place in the log. Events that do not concern the graph are allowed, and ignored. */
export type GraphEvent = LedgerEvent<{ type: string; data: unknown }> & {
  /** 0-based, in the order of the log. */
  readonly logIndex: number;
  /** Of data in force that nobody else has confirmed: see `inForce`. */
  readonly unconfirmed?: UnconfirmedMarks;
};

/** For each reliance, the unconfirmed correction that it rests on. */
export type UnconfirmedMarks = Partial<Record<Reliance, EventMark>>;

/** Which event did it, when it says that was, and its place in the log. Nodes may share a mark, since it never changes. */
export interface EventMark {
  eventId: string;
  logIndex: number;
  occurredAt: string;
}

/** A mark with what, of the event's data, rests on a correction that nobody has confirmed. */
export interface RestingMark extends EventMark {
  unconfirmed?: UnconfirmedMarks;
}

/**
 * Where matter was in its life before it came into the chain. The class proves nothing by itself: the programme says what
 * counts as recycled (`Counts`).
 */
export const CONTENT_CLASSES = ['primary', 'post-consumer', 'manufacturing-waste', 'undeclared'] as const;
export type ContentClass = (typeof CONTENT_CLASSES)[number];

/** Key → milligrams, each > 0. What a key is made of: `parseKey`. */
export type Pool = Record<string, number>;
/** Where the content came from; the milligrams sum to 1,000 times the content in grams. A mineral of which there is none has no entry. */
export type Composition = Partial<Record<Mineral, Pool>>;

/**
 * `on-market`: a product that was placed on the market and is in nobody's custody here. `unborn`: events name it, but none has
 * made it; only a correction can bring that about.
 */
export type BatchStatus = 'at-site' | 'in-transit' | 'on-market' | 'spent' | 'unborn';

/** Where a batch of manufacturing scrap was made; passes through splits and shipments only. */
export interface ScrapMaker {
  siteId: string;
  process: string;
}

/** `wasted`: made of products that were taken back from the market. */
export interface Birth extends RestingMark {
  kind: 'registered' | 'split' | 'transformed' | 'assembled' | 'wasted';
  siteId: string;
  grossGrams: number;
  /** Of `transformed`, `assembled`, `wasted`. */
  transformationId?: string;
  /** Of `registered`. */
  origin?: Origin;
}

export type UseKind = 'transformation' | 'split' | 'consumption' | 'disposal' | 'assembly' | 'waste';

/** An event that took mass from the batch. */
export interface Use extends EventMark {
  kind: UseKind;
  siteId: string;
  /** As recorded. Where the same event left an `overdrawn` anomaly, there was less to take. */
  grossGrams: number;
  /**
   * The parts of a split. The outputs of a transformation are named once for all its inputs, by its node
   * ({@link TransformationNode.outputs}, {@link productsOf}).
   */
  to: string[];
  /** Of `transformation`, `assembly`, `waste`. */
  transformationId?: string;
}

export type ArrivalHow = 'registration' | 'receipt' | 'return' | 'split' | 'transformation' | 'take-back';
/**
 * A use that took the last gram is a departure. `market`: placed on the market. `lost`: nothing of it was left when it was
 * received. `unrecorded`: found elsewhere without a dispatch (corrected data).
 */
export type DepartureHow = 'dispatch' | 'market' | UseKind | 'lost' | 'unrecorded';

/** A time in one site's custody: [arrived.occurredAt, departed.occurredAt), open while it is still there. */
export interface Stay {
  siteId: string;
  arrived: EventMark & { how: ArrivalHow };
  departed?: (EventMark & { how: DepartureHow }) | undefined;
}

/** A label as a hop saw it. Standard and carrier are absent when the batch was never labelled with that id. */
export interface LabelSeen {
  labelId: string;
  standard?: string;
  carrier?: LabelCarrier;
}

/** One shipment of the batch, from dispatch on. */
export interface Hop {
  shipmentId: string;
  consignorSiteId: string;
  consigneeSiteId: string;
  tradeTerms?: TradeTerms;
  /** The dispatch or the receipt has trade terms, but withholds them. */
  termsWithheld?: true;
  /** As the receiver recorded them. */
  receivedTerms?: TradeTerms;
  /** `grossGrams`: what the batch weighed by the fold, which a correction may make differ from what the dispatch says. */
  dispatched: EventMark & {
    grossGrams: number;
    labels: LabelSeen[];
    /** When it had arrived at the site that it left; absent where the record contradicts that it was there. */
    since?: string | undefined;
  };
  received?: (EventMark & { grossGrams: number; labels: (LabelSeen & { condition: LabelCondition })[] }) | undefined;
  /** Set once the shipment is taken back; until then only the {@link ShipmentNode} has it. */
  refused?: EventMark;
  returned?: EventMark;
  /** Held by an authority in transit, and the event that last released it. */
  held?: EventMark | undefined;
  released?: EventMark | undefined;
}

/** A label once put on the batch; `labelsOn` tells which are on it now. */
export interface Label {
  labelId: string;
  standard: string;
  carrier: LabelCarrier;
  value: Withholdable<string>;
  labelled: EventMark;
  /** What the last receipt that mentions it found. */
  condition?: EventMark & { found: LabelCondition };
  /**
   * The receipt that did not mention the label although it was on the batch: an unseen label counts for no more than a missing
   * one. Where the label was recorded late, that receipt comes before it in the log: see `isUnlooked`.
   */
  unseen?: EventMark | undefined;
  removed?: EventMark & { reason: Withholdable<string> };
}

export interface Declaration extends EventMark {
  /** Decimal string, 0 to 1. */
  share: string;
}

export interface Assay extends EventMark {
  siteId: string;
  method: Withholdable<string>;
  laboratory?: Withholdable<string>;
  contentGrams: ContentGrams;
  /** The content that the fold derived, against which the assay is measured. A root has none: its content is its own. */
  derivedGrams?: ContentGrams;
  /** Of an assay recorded late: how much of what it found has arrived, where a receipt was lighter than its dispatch. */
  arrivedGrams?: ContentGrams;
  /** A later assay took its place before anything of the batch was used, or was already on record when this one came. */
  replaced?: true;
  /** The batch had been used in the meantime, before this was recorded: it changes nothing. */
  overtaken?: true;
}

/**
 * Where the records contradict each other, which only a correction can bring about: commands refuse each of these. Mass
 * balance: `overdrawn` (a use asked for more than was there). Custody: `used-before-arrival` (done to the batch at a site
 * that did not have it, or before it was made), `received-unsent` (a receipt without its dispatch). `made-twice`: a second
 * event makes the same batch; only the first counts.
 */
export type AnomalyCode = 'overdrawn' | 'used-before-arrival' | 'received-unsent' | 'made-twice';

export interface Anomaly extends EventMark {
  code: AnomalyCode;
  siteId: string;
  /** Of `overdrawn`: what the event asked for and what was there. */
  askedGrams?: number;
  heldGrams?: number;
}

/** The product that a batch is. Its plant is the site that made it. */
export interface ProductFacts {
  kind: ProductKind;
  model: string;
  category?: ProductCategory | undefined;
  /** Watt hours. */
  capacityWh?: number | undefined;
  serial?: Withholdable<string> | undefined;
  /** Made of what was placed on the market before (Regulation (EU) 2023/1542, Art. 8(4)). */
  secondLife?: true | undefined;
  /** `date`: a calendar day. */
  placed?:
    | (EventMark & {
        siteId: string;
        date: string;
        country: string;
        by?: Withholdable<string> | undefined;
        /** As of a dispatch. */
        since?: string | undefined;
      })
    | undefined;
  /** Taken back from the market. */
  returned?: (EventMark & { siteId: string }) | undefined;
}

export interface BatchNode {
  batchId: string;
  /** Code of the table of materials; empty while `unborn`. */
  material: string;
  /** What it is, when `material` is `other`. */
  otherMaterial?: string | undefined;
  /** Of a product, which is used, placed and wasted whole. */
  product?: ProductFacts | undefined;
  status: BatchStatus;
  /** Of `at-site`. */
  siteId?: string | undefined;
  grossGrams: number;
  /** False: no event has said what it contains; its composition is empty then, and means nothing. */
  contentKnown: boolean;
  /** The content is the estimate of its registration, until the first assay. */
  provisional?: true | undefined;
  composition: Composition;
  /** Of a batch whose last gram was used or lost: its composition before that. */
  lastComposition?: Composition | undefined;
  /**
   * What was derived for the batch before the assays since its last use: the next assay is measured against it. Absent:
   * the composition is what was derived.
   */
  derived?: Composition | undefined;
  /**
   * What was in it until an assay, by the log index of the assay: earlier uses passed on some of that, not of what the assay
   * found in the rest. Kept only for assays that follow a use.
   */
  given?: { until: number; composition: Composition }[] | undefined;
  /**
   * The key of all content of a registered batch, a root: whatever is found in it has that origin. A part split off a root
   * of unknown content is a root too.
   */
  rootKey?: string | undefined;
  scrap?: ScrapMaker | undefined;
  /** All graphite that went into it is synthetic, and nobody records any of it as extracted. */
  graphiteMade?: true | undefined;
  /** Absent until an event makes the batch. */
  bornBy?: Birth | undefined;
  /**
   * The batch that a part was split from. The inputs of a transformation are named once for all its outputs, by its node;
   * {@link parentsOf} gives either. May be cyclic after corrections.
   */
  parents: string[];
  /**
   * Sites where its content was registered, ascending. Two at most are kept: ISO 22095 (identity preserved) asks only whether
   * there is more than one.
   */
  originSites: string[];
  /** Something in it is of undocumented origin, or comes from a batch no event made. */
  originUnknown: boolean;
  /** Log index of the last use, and the latest moment of any. */
  used?: { last: number; latest: string } | undefined;
  /** In log order, like every list below. */
  uses: Use[];
  stays: Stay[];
  hops: Hop[];
  labels: Label[];
  /** The last one for each mineral. */
  declarations: Partial<Record<Mineral, Declaration>>;
  /** The last document of each kind that a law asks for. */
  documented?: Partial<Record<DocumentKind, EventMark>> | undefined;
  held?: (EventMark & { authority: string; reason: Withholdable<string> }) | undefined;
  /** When an authority last released it: the hold counted until then. */
  released?: EventMark | undefined;
  assays: Assay[];
  anomalies: Anomaly[];
}

/** What one input gave, classed as it went into the pool. */
export interface InputShare {
  batchId: string;
  /** As recorded. */
  grossGrams: number;
  /** What was there to take of it. */
  takenGrams: number;
  contentKnown: boolean;
  contentGrams: ContentGrams;
  /** The minerals of which it gave some of that class. */
  primary: Mineral[];
  /** Post-consumer and manufacturing waste. */
  recycled: Mineral[];
  undeclared: Mineral[];
  originSites: string[];
  originUnknown: boolean;
}

export interface OutputShare {
  batchId: string;
  grossGrams: number;
  /** As recorded. Empty: unknown. */
  contentGrams: ContentGrams;
  scrap: boolean;
}

export interface TransformationNode extends EventMark {
  transformationId: string;
  siteId: string;
  process: string;
  chainOfCustody: CustodyModel;
  inputs: InputShare[];
  outputs: OutputShare[];
  reagentGrams: number;
  /** What the inputs gave. */
  pooledGrams: ContentGrams;
  /** What the outputs contain beyond that, added as (ZZ, undeclared). A mineral without any has no entry, here and below. */
  gainGrams: ContentGrams;
  lossGrams: ContentGrams;
}

/** A shipment, for what the batches of it need to know when it is settled. */
export interface ShipmentNode {
  shipmentId: string;
  consignorSiteId: string;
  consigneeSiteId: string;
  batchIds: string[];
  dispatched: EventMark;
  received?: EventMark | undefined;
  refused?: EventMark & { reason: Withholdable<string> };
  returned?: EventMark;
  held?: EventMark | undefined;
}

export interface SiteNode {
  siteId: string;
  organisationId: string;
  /** ISO 3166-1 alpha-2. */
  country: string;
  name: Withholdable<string>;
  opened: RestingMark;
}

export interface ProvenanceGraph {
  batches: Map<string, BatchNode>;
  transformations: Map<string, TransformationNode>;
  shipments: Map<string, ShipmentNode>;
  sites: Map<string, SiteNode>;
}

/** Keys of the nodes that folding an event reads or writes. */
export interface TouchedKeys {
  batches: string[];
  transformations: string[];
  shipments: string[];
  sites: string[];
}
