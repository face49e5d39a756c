import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_FILTER, DiscoveryModule } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import {
  AccountSnapshots,
  BatchQueries,
  CompositionWidths,
  ConfusableIds,
  DocketQueries,
  EventQueries,
  HistoryQueries,
  LedgerQueries,
  NewsQueries,
  ProvenanceQueries,
  ReadModelProgress,
  RegistryQueries,
  SearchQueries,
  VerdictProgress,
  VerdictQueries,
  type Views,
} from '#read-model';
import { type EventStore } from '#event-store';
import { LedgerClock, Signatures } from '#recording';
import { ProgrammeLibrary } from '#programmes';
import { DisclosureStore, Audit } from '#audit';
import { ApiKeyRegistry } from './command/api-keys.js';
import { Authenticator } from './access/authenticator.js';
import { KeyDirectory } from './access/key-directory.js';
import { KeyUses } from './access/key-uses.js';
import { RoutePolicies } from './access/route-policies.js';
import { RecordAttestationHandler, RecordConcernHandler } from './command/attestation.handlers.js';
import { EVENT_STORE } from './log/event-store.token.js';
import { LEDGER_ORIGIN } from './log/ledger-origin.token.js';
import { ATTESTATION_SCHEMES } from './log/schemes.token.js';
import { CompositionCosts } from './command/composition-costs.js';
import { LedgerRecorder } from './command/ledger-recorder.js';
import { LookAlikes } from './command/look-alikes.js';
import { RecordAtSiteHandler } from './command/record-at-site.handler.js';
import { OpenSiteHandler, RecordOrganisationHandler } from './command/registry.handlers.js';
import { AsOf } from './claims/as-of.js';
import { HistoryNotes } from './disclosures/history-notes.js';
import { RevealDisclosed } from './disclosures/reveal.interceptor.js';
import { Disclosures } from './disclosures/disclosures.js';
import { guardedStore } from './log/guarded-store.js';
import { StreamFindings } from './log/stream-findings.js';
import { Replays } from './audit/replays.js';
import { ApiKeysController } from './http/api-keys.controller.js';
import { AttestationsController } from './http/attestations.controller.js';
import { AuditController } from './http/audit.controller.js';
import { AuditEvidenceController } from './http/audit-evidence.controller.js';
import { AuditProofsController } from './http/audit-proofs.controller.js';
import { ClaimsController } from './http/claims.controller.js';
import { BatchListController } from './http/batch-list.controller.js';
import { BatchesController } from './http/batches.controller.js';
import { CommandsController } from './http/commands.controller.js';
import { DocketController } from './http/docket.controller.js';
import { DisclosuresController } from './http/disclosures.controller.js';
import { EventsController } from './http/events.controller.js';
import { HealthController } from './http/health.controller.js';
import { MetricsController } from './http/metrics.controller.js';
import { NdjsonController } from './http/ndjson.controller.js';
import { ModelsController } from './http/models.controller.js';
import { NewsController } from './http/news.controller.js';
import { ReadYourVerdicts, ReadYourWrites } from './http/read-your-writes.interceptor.js';
import { Stopping } from './http/stopping.js';
import { ProductsController } from './http/products.controller.js';
import { SearchController } from './http/search.controller.js';
import { OIDC_SETTINGS, SignInController } from './http/sign-in.controller.js';
import { SitesController } from './http/sites.controller.js';
import { CommandDesk } from './intake/command-desk.js';
import { type Ledger } from './ledger.js';
import { NewsDesk } from './news/news-desk.js';
import { Metrics } from './observability/metrics.js';
import { Readiness } from './observability/readiness.js';
import { LongReads } from './reading/long-reads.js';
import { ProblemFilter } from './problem/problem.filter.js';

const query = <T>(shape: new (views: Views) => T, { views }: Ledger): Provider => ({
  provide: shape,
  useValue: new shape(views),
});

@Module({})
export class LedgerModule {
  static around(ledger: Ledger): DynamicModule {
    return {
      module: LedgerModule,
      imports: [CqrsModule.forRoot(), DiscoveryModule],
      controllers: [
        CommandsController,
        NdjsonController,
        ApiKeysController,
        BatchListController,
        BatchesController,
        ClaimsController,
        EventsController,
        AttestationsController,
        ModelsController,
        NewsController,
        DocketController,
        ProductsController,
        SearchController,
        SignInController,
        SitesController,
        AuditProofsController,
        AuditController,
        AuditEvidenceController,
        DisclosuresController,
        HealthController,
        MetricsController,
      ],
      providers: [
        { provide: EVENT_STORE, useValue: guardedStore(ledger.store, ledger.findings, ledger.audit.accessLog) },
        { provide: StreamFindings, useValue: ledger.findings },
        { provide: LEDGER_ORIGIN, useValue: ledger.audit.journal.ring.origin },
        { provide: ReadModelProgress, useValue: ledger.projector },
        { provide: VerdictProgress, useValue: ledger.verdicts },
        { provide: LedgerClock, useValue: ledger.clock },
        { provide: Authenticator, useValue: ledger.access.authenticator },
        { provide: KeyDirectory, useValue: ledger.access.directory },
        { provide: KeyUses, useValue: ledger.access.uses },
        { provide: OIDC_SETTINGS, useValue: ledger.access.oidc },
        ApiKeyRegistry,
        RoutePolicies,
        Stopping,
        { provide: Audit, useValue: ledger.audit },
        { provide: DisclosureStore, useValue: ledger.disclosures },
        Disclosures,
        RevealDisclosed,
        HistoryNotes,
        { provide: Replays, useValue: ledger.replays },
        { provide: LongReads, useValue: ledger.longReads },
        { provide: Metrics, useValue: ledger.metrics },
        { provide: Readiness, useValue: ledger.readiness },
        { provide: AccountSnapshots, useValue: ledger.snapshots },
        { provide: CompositionCosts, useValue: new CompositionCosts(new CompositionWidths(ledger.views)) },
        query(BatchQueries, ledger),
        query(ConfusableIds, ledger),
        query(DocketQueries, ledger),
        query(EventQueries, ledger),
        query(HistoryQueries, ledger),
        query(LedgerQueries, ledger),
        query(NewsQueries, ledger),
        query(ProvenanceQueries, ledger),
        query(RegistryQueries, ledger),
        query(SearchQueries, ledger),
        query(VerdictQueries, ledger),
        { provide: ProgrammeLibrary, useValue: ledger.programmes },
        { provide: ATTESTATION_SCHEMES, useValue: ledger.schemes },
        AsOf,
        CommandDesk,
        LookAlikes,
        NewsDesk,
        ReadYourWrites,
        ReadYourVerdicts,
        {
          provide: Signatures,
          useFactory: (store: EventStore, origin: string) => new Signatures(store, origin),
          inject: [EVENT_STORE, LEDGER_ORIGIN],
        },
        LedgerRecorder,
        RecordAtSiteHandler,
        RecordOrganisationHandler,
        OpenSiteHandler,
        RecordAttestationHandler,
        RecordConcernHandler,
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
    };
  }
}
