/**
 * What the ledger answers, by its own descriptions of its answers: types alone, of which nothing reaches a browser. In the
 * place of a text that is withheld from the reader there is an object, of one that it may not know `~` or nothing.
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
