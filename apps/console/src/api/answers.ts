/**
 * The types of the ledger's answers, from the descriptions of those answers; none of this code reaches a browser. A text
 * that is withheld is an object here, and one that is hidden from the reader is `
 * ` or missing.
 */
export type { ClaimLine as Claim, Missing, RecycledShares, RestsOn, Statement, Verdict as VerdictWord } from '#claims';
export type {
  AwaitingAnswer as AwaitingAdmission,
  BatchAnswer as Batch,
  ClaimsAnswer as Claims,
  CompositionEntry,
  ConcernAnswer as Concern,
  DocketAnswer as DocketEntry,
  Explanation,
  FindingAnswer as Finding,
  ModelYearAnswer as ModelYear,
  NotOnDocket,
  OverviewAnswer as Overview,
  Page,
  ProductFactsAnswer as Product,
  ProvenanceAnswer as Provenance,
  ProvenanceTransformation,
  SearchAnswer,
  SearchItem,
  ShipmentAnswer as Shipment,
  SiteAnswer as Site,
} from '#read-model/answers';
export type {
  Differences,
  IdentityProvider,
  Inclusion,
  LogKeys,
  NotedEvent as LedgerEvent,
  ProblemDocument,
  ProgrammeHead as Programme,
  SignInAnswer,
  VerdictDifference,
} from '../../../server/src/answers/index.js';
