import { type LabelCarrier, type Mineral } from '#custody';
import { type ConductRisk, type EnvironmentCriterion, type FactCriterion, type LabourRight } from '#attestation';
import { type DocumentKind } from '#vocabulary';

/** The claims that a programme can make, in the order in which an answer lists them. */
export const CLAIMS = [
  'recycled-content',
  'recycled-declared',
  'labelling',
  'labour',
  'custody',
  'mass-balance',
  'chain-of-custody',
  'origin',
  'trade-terms',
  'environment',
  'conduct',
  'control',
  'documented',
] as const;
export type Claim = (typeof CLAIMS)[number];

/**
 * Regulation (EU) 2023/1542, Art. 3(1): electric vehicle, industrial, starting-lighting-ignition, light means of transport,
 * portable; industrial ones with exclusively external storage are told apart, since duties are.
 */
export const BATTERY_CATEGORIES = [
  'ev',
  'industrial',
  'industrial-external-storage',
  'sli',
  'lmt',
  'portable',
] as const;
export type BatteryCategory = (typeof BATTERY_CATEGORIES)[number];
/** What a batch is judged as when the query names no category. */
export const UNNAMED_CATEGORY: readonly BatteryCategory[] = ['ev', 'industrial', 'sli'];

/** What a rule applies to; a part left out does not restrict. Outside it the claim is `out-of-scope`. */
export interface RuleScope {
  /** Batches that contain at least one of these; a batch of unknown content may, so it is in scope. */
  minerals?: Mineral[];
  /** Only mined graphite brings a batch into scope: graphite known to be synthetic does not. */
  naturalGraphiteOnly?: true;
  /** The batch's own material, codes of the table of materials. */
  materials?: string[];
  batteryCategories?: BatteryCategory[];
  /** Industrial batteries of no more than so many watt-hours are out of scope. */
  industrialOverWh?: number;
  /** Batteries in their second life are out of scope. */
  firstLifeOnly?: true;
}

/** Where a site must lie for a rule to judge what is in custody there: a list that somebody keeps, as of a day. */
export interface Areas {
  /** The title of the list, and who keeps it. */
  title: string;
  source: string;
  /** The day of the list (RFC 3339 UTC, ms). */
  asOf: string;
  /** ISO 3166-1 alpha-2: countries with areas of the list. The ledger knows only the country of a site. */
  countries: string[];
}
interface AtSites {
  /** Left out: at every site. */
  sitesIn?: Areas;
}

/** What a duty falls on. Where that is not a batch, a batch is out of scope, and can be judged only as an indication. */
export const RULE_SUBJECTS = ['batch', 'product', 'model-year-plant'] as const;
export type RuleSubject = (typeof RULE_SUBJECTS)[number];

/** An act that has still to be adopted: the rule comes into force so many months after it, or at `from` if that is later. */
export interface AwaitedAct {
  act: string;
  months: number;
}

interface RuleOf<C extends Claim> {
  claim: C;
  /** Article and the date of the text, and what the ledger cannot see of it. */
  citation: string;
  /** First moment in force (RFC 3339 UTC, ms). With `awaits`: no earlier than that. */
  from: string;
  /** Not known to have been adopted: whether the rule is in force from `from` on is undetermined. */
  awaits?: AwaitedAct;
  subject: RuleSubject;
  /** First moment no longer in force. */
  until?: string;
  scope?: RuleScope;
}
/**
 * What attestors must vouch for where the beneficiary itself states a fact: only what was covered for all of these criteria
 * when it happened is proven. Left out: the statement alone is enough.
 */
interface Vouched {
  vouched?: FactCriterion[];
}
/** Which content counts as recycled; what is left out of the list of classes does not. */
export interface Counts {
  classes: ('post-consumer' | 'manufacturing-waste')[];
  /** `battery`: only waste of battery manufacturing, from precursors on. */
  manufacturingWaste: 'any' | 'battery';
  /** Whether waste that its own maker recovered counts. */
  ownWaste: boolean;
  /** Whether manufacturing waste that came back to the site and process that made it counts. */
  returned: boolean;
  /** Only what a named site has recycled; collected waste as such does not count then. */
  recovered?: true;
}
/** `vouched`: of the collector, the maker of the waste and the recycler. */
export interface RecycledContentRule extends RuleOf<'recycled-content'>, Vouched {
  /** Least recycled share of each mineral, decimal string from 0 to 1. */
  thresholds: Partial<Record<Mineral, string>>;
  /** Minerals the law names no share for: listed as `out-of-scope`. */
  noThreshold?: Mineral[];
  counts: Counts;
}
/** `vouched`: as of `recycled-content`. */
export interface RecycledDeclaredRule extends RuleOf<'recycled-declared'>, Vouched {
  minerals: Mineral[];
  counts: Counts;
}
export interface LabellingRule extends RuleOf<'labelling'> {
  /** `chain`: every dispatch and receipt, then the batch; `batch`: the batch alone, as it is at the moment asked about. */
  on: 'chain' | 'batch';
  acceptedStandards: string[];
  /** Accepted carriers; default all. */
  carriers?: LabelCarrier[];
}
export interface LabourRule extends RuleOf<'labour'>, AtSites {
  rights: LabourRight[];
  /** `attestations`: covered without a gap; `findings`: only that no finding and no investigation overlaps. */
  evidence: 'attestations' | 'findings';
}
export interface EnvironmentRule extends RuleOf<'environment'>, AtSites {
  criteria: EnvironmentCriterion[];
}
/** Abuses, armed groups, security forces, bribery, payments, community life: judged as labour rights are. */
export interface ConductRule extends RuleOf<'conduct'>, AtSites {
  risks: ConductRisk[];
  evidence: 'attestations' | 'findings';
}
/** Complete: a document that the law asks for was recorded with the batch or product. What is in it the ledger does not see. */
export interface DocumentedRule extends RuleOf<'documented'> {
  document: DocumentKind;
}
/** `vouched`: of the site that mined, or of the recycler by whose country it counts. */
export interface OriginRule extends RuleOf<'origin'>, Vouched {
  /** Minerals whose grams are counted together. */
  minerals: Mineral[];
  /** Countries (ISO 3166-1 alpha-2) whose mined content counts. */
  countries: string[];
  /**
   * What was processed in the countries may count too, and what was mined there may not once it was processed elsewhere, for
   * the law measures by value: proven is what was mined there and processed nowhere else, possible what was either.
   */
  processed?: true;
  /** Countries whose recyclers' content counts, wherever it was mined; default `countries`. */
  recycledCountries?: string[];
  /** Least share, decimal string from 0 to 1. */
  threshold: string;
}
/** `vouched`: of every site that registered or recycled what is in the chain. */
export interface TradeTermsRule extends RuleOf<'trade-terms'>, Vouched {
  /** Only hops between two different countries that are both parties are judged. */
  parties: string[];
}
/** Foreign entities of concern: nobody controlled by certain countries may have extracted, processed or recycled it. */
export interface ControlRule extends RuleOf<'control'> {
  /** ISO 3166-1 alpha-2. */
  countries: string[];
  /** The share of equity or votes, or of seats on the board, held from there together that amounts to control; decimal string. */
  share: string;
}
export type PlainRule = RuleOf<'custody'> | RuleOf<'mass-balance'> | RuleOf<'chain-of-custody'>;
export type Rule =
  | RecycledContentRule
  | RecycledDeclaredRule
  | LabellingRule
  | LabourRule
  | EnvironmentRule
  | ConductRule
  | DocumentedRule
  | OriginRule
  | TradeTermsRule
  | ControlRule
  | PlainRule;

/** One version of a programme: never changed once published. */
export interface Programme {
  id: string;
  version: string;
  title: string;
  /** When this version was published (RFC 3339 UTC, ms): a query that pins none gets the newest by then. */
  published: string;
  /** Where the law's text is. */
  source: string;
  rules: Rule[];
}

/** `id@version`, as answers name a programme and as its file is named. */
export function programmeReference(programme: Pick<Programme, 'id' | 'version'>): string {
  return `${programme.id}@${programme.version}`;
}

/**
 * The programme a query means: `id@version` is that version whenever it was published; a bare `id` is the newest version
 * published at or before the given moment (of two published at once, the higher version in code units).
 * Undefined when there is none.
 */
export function chooseProgramme(
  all: readonly Programme[],
  reference: string,
  publishedBy: string,
): Programme | undefined {
  if (reference.includes('@')) return all.find((programme) => programmeReference(programme) === reference);
  let chosen: Programme | undefined;
  for (const programme of all) {
    if (programme.id !== reference || programme.published > publishedBy) continue;
    if (
      chosen === undefined ||
      programme.published > chosen.published ||
      (programme.published === chosen.published && programme.version > chosen.version)
    )
      chosen = programme;
  }
  return chosen;
}
