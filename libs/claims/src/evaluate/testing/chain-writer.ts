/** Writes the events of chains and of the standing of their sites, day by day, and asks for verdicts. */
import { type Assurance, type AttestedRight, type ConcernSubject } from '#attestation';
import {
  type ContentGrams,
  type ControlDeclared,
  type CustodyModel,
  type LabelCondition,
  type LabelCarrier,
  type Origin,
  type SiteEvents,
  type TradeTerms,
  type Withholdable,
} from '#custody';
import { buildGraph, type GraphEvent, type ProvenanceGraph } from '../../graph/index.js';
import { type Programme } from '../../programmes/index.js';
import { buildStanding, type Standing } from '../../standing/index.js';
import { evaluate, type Question } from '../evaluate.js';
import { type ClaimsVerdict } from '../verdict.types.js';

/** The first moment of a day; a moment as it is. */
export function day(date: string): string {
  return date.length === 10 ? `${date}T00:00:00.000Z` : date;
}

export class ChainWriter {
  readonly events: GraphEvent[] = [];

  write(stream: string, type: string, at: string, data: unknown): GraphEvent {
    const logIndex = this.events.length;
    const metadata = {
      commandId: `command-${logIndex}`,
      actor: { principal: 'tester' },
      occurredAt: day(at),
      recordedAt: day(at),
      schemaVersion: 1,
    };
    const event = { id: `e${logIndex}`, stream, revision: 0n, type, data, metadata, logIndex };
    this.events.push(event);
    return event;
  }

  #site<T extends keyof SiteEvents>(siteId: string, type: T, at: string, data: SiteEvents[T]): GraphEvent {
    return this.write(`site-${siteId}`, type, at, data);
  }

  open(siteId: string, country = 'JP', organisationId = `org-${siteId}`): GraphEvent {
    const data = { siteId, organisationId, name: siteId, country, activities: [] };
    return this.#site(siteId, 'SiteOpened', '2020-01-01', data);
  }

  organisation(organisationId: string, country: string): GraphEvent {
    const data = { organisationId, name: organisationId, country, roles: ['miner'] };
    return this.write(`organisation-${organisationId}`, 'OrganisationRegistered', '2020-01-01', data);
  }

  declareControl(
    at: string,
    organisationId: string,
    tie: Omit<ControlDeclared, 'from'> & { from?: string },
  ): GraphEvent {
    const { from = at, ...declared } = tie;
    const data = { ...declared, from: day(from) };
    return this.write(`organisation-${organisationId}`, 'ControlDeclared', at, data);
  }

  register(
    at: string,
    siteId: string,
    batchId: string,
    grossGrams: number,
    contentGrams: ContentGrams,
    more: { origin?: Origin; material?: string } = {},
  ): GraphEvent {
    const { origin = { kind: 'extracted' }, material = 'polymetallic-ore' } = more;
    return this.#site(siteId, 'BatchRegistered', at, { batchId, material, grossGrams, contentGrams, origin });
  }

  transform(
    at: string,
    siteId: string,
    inputs: Record<string, number>,
    outputs: Record<string, [grossGrams: number, contentGrams: ContentGrams]>,
    more: { model?: CustodyModel; process?: string; material?: string; reagentGrams?: number; scrap?: true } = {},
  ): GraphEvent {
    const {
      model = 'controlled-blending',
      process = 'refining',
      material = 'polymetallic-concentrate',
      reagentGrams = 0,
    } = more;
    return this.#site(siteId, 'BatchesTransformed', at, {
      transformationId: `t${this.events.length}`,
      process,
      chainOfCustody: model,
      inputs: Object.entries(inputs).map(([batchId, grossGrams]) => ({ batchId, grossGrams })),
      outputs: Object.entries(outputs).map(([batchId, [grossGrams, contentGrams]]) => ({
        batchId,
        material,
        grossGrams,
        contentGrams,
        ...(more.scrap && { scrap: true }),
      })),
      reagentGrams,
    });
  }

  split(at: string, siteId: string, batchId: string, parts: Record<string, number>): GraphEvent {
    const list = Object.entries(parts).map(([part, grossGrams]) => ({ batchId: part, grossGrams }));
    return this.#site(siteId, 'BatchSplit', at, { batchId, parts: list });
  }

  dispatch(
    at: string,
    from: string,
    to: string,
    batchId: string,
    more: { labels?: string[]; tradeTerms?: Withholdable<TradeTerms> } = {},
  ): GraphEvent {
    const { labels = [], tradeTerms } = more;
    return this.#site(from, 'BatchesDispatched', at, {
      shipmentId: `s-${batchId}-${from}-${to}`,
      consigneeSiteId: to,
      batches: [{ batchId, material: 'polymetallic-concentrate', grossGrams: 0, contentGrams: {}, labels }],
      ...(tradeTerms === undefined ? {} : { tradeTerms }),
    });
  }

  receive(
    at: string,
    to: string,
    from: string,
    batchId: string,
    grossGrams: number,
    labels: Record<string, LabelCondition> = {},
    more: { tradeTerms?: Withholdable<TradeTerms> } = {},
  ): GraphEvent {
    const seen = Object.entries(labels).map(([labelId, condition]) => ({ labelId, condition }));
    return this.#site(to, 'BatchesReceived', at, {
      shipmentId: `s-${batchId}-${from}-${to}`,
      consignorSiteId: from,
      batches: [{ batchId, material: 'polymetallic-concentrate', grossGrams, contentGrams: {}, labels: seen }],
      ...more,
    });
  }

  label(
    at: string,
    siteId: string,
    batchId: string,
    labelId: string,
    standard: string,
    carrier: LabelCarrier = 'print',
  ): GraphEvent {
    return this.#site(siteId, 'BatchLabelled', at, { batchId, labelId, standard, carrier, value: labelId });
  }

  unlabel(at: string, siteId: string, batchId: string, labelId: string): GraphEvent {
    return this.#site(siteId, 'LabelRemoved', at, { batchId, labelId, reason: 'worn' });
  }

  assay(at: string, siteId: string, batchId: string, contentGrams: ContentGrams): GraphEvent {
    return this.#site(siteId, 'BatchAssayed', at, { batchId, contentGrams, method: 'ICP-OES' });
  }

  declare(at: string, siteId: string, batchId: string, mineral: keyof ContentGrams, share: string): GraphEvent {
    return this.#site(siteId, 'RecycledContentDeclared', at, { batchId, mineral, share });
  }

  consume(at: string, siteId: string, batchId: string, grossGrams: number): GraphEvent {
    return this.#site(siteId, 'BatchConsumed', at, { batchId, grossGrams, productId: 'car' });
  }

  correct(at: string, event: GraphEvent, changes: Record<string, unknown>): GraphEvent {
    const replacement = { ...(event.data as Record<string, unknown>), ...changes };
    return this.write(event.stream, 'RecordCorrected', at, { eventId: event.id, reason: 'mistyped', replacement });
  }

  confirm(at: string, correction: GraphEvent): GraphEvent {
    return this.write(correction.stream, 'CorrectionConfirmed', at, { eventId: correction.id });
  }

  attest(
    at: string,
    attestationId: string,
    siteId: string,
    rights: AttestedRight[],
    validFrom: string,
    validUntil: string,
    more: { assurance?: Assurance; scheme?: string; issuerOrganisationId?: string } = {},
  ): GraphEvent {
    const { assurance = 'third-party', scheme = 'irma', issuerOrganisationId = 'auditor' } = more;
    const issued = { attestationId, siteId, scheme, rights, issuerOrganisationId, documentSha256: '', assurance };
    const data = { ...issued, validFrom: day(validFrom), validUntil: day(validUntil) };
    return this.write(`attestation-${attestationId}`, 'AttestationIssued', at, data);
  }

  accredit(at: string, from: string, scheme = 'irma', organisationId = 'auditor'): GraphEvent {
    return this.write(`organisation-${organisationId}`, 'AccreditationGranted', at, { scheme, from: day(from) });
  }

  withdraw(at: string, from: string, scheme = 'irma', organisationId = 'auditor'): GraphEvent {
    const data = { scheme, from: day(from), reason: 'not independent' };
    return this.write(`organisation-${organisationId}`, 'AccreditationWithdrawn', at, data);
  }

  /** What authorities do at a site. */
  authority<
    T extends 'BatchHeld' | 'BatchReleased' | 'SiteHeld' | 'SiteReleased' | 'ShipmentHeld' | 'ShipmentReleased',
  >(at: string, siteId: string, type: T, data: SiteEvents[T]): GraphEvent {
    return this.#site(siteId, type, at, data);
  }

  change(
    at: string,
    attestationId: string,
    kind: 'Suspended' | 'Reinstated' | 'Revoked',
    from: string,
    by: { authority?: string } = {},
  ): GraphEvent {
    const data = { from: day(from), ...by, reason: 'audit' };
    return this.write(`attestation-${attestationId}`, `Attestation${kind}`, at, data);
  }

  raise(at: string, concernId: string, siteId: string, rights: ConcernSubject[]): GraphEvent {
    return this.write(`concern-${concernId}`, 'ConcernRaised', at, {
      concernId,
      siteId,
      rights,
      source: 'worker',
    });
  }

  investigate(at: string, concernId: string): GraphEvent {
    return this.write(`concern-${concernId}`, 'InvestigationOpened', at, { by: 'inspectorate' });
  }

  find(
    at: string,
    concernId: string,
    substantiated: boolean,
    rights: ConcernSubject[],
    from: string,
    until?: string,
  ): GraphEvent {
    const data = { substantiated, rights, from: day(from), ...(until === undefined ? {} : { until: day(until) }) };
    return this.write(`concern-${concernId}`, 'FindingRecorded', at, data);
  }

  annul(at: string, finding: GraphEvent): GraphEvent {
    return this.write(finding.stream, 'FindingAnnulled', at, { eventId: finding.id, reason: 'set aside' });
  }

  remedy(at: string, concernId: string): GraphEvent {
    return this.write(`concern-${concernId}`, 'RemediationAccepted', at, {});
  }

  close(at: string, concernId: string): GraphEvent {
    return this.write(`concern-${concernId}`, 'ConcernClosed', at, { outcome: 'closed' });
  }

  graph(validAt: string): ProvenanceGraph {
    return buildGraph(this.events, { validAt: day(validAt) });
  }

  standing(): Standing {
    return buildStanding(this.events);
  }

  ask(
    programme: Programme,
    batchId: string,
    validAt: string,
    more: Omit<Question, 'batchId' | 'validAt'> = {},
  ): ClaimsVerdict {
    return verdictFrom(this.events, programme, { batchId, validAt: day(validAt), ...more });
  }
}

/** The verdict of a list of events in log order. */
export function verdictFrom(events: readonly GraphEvent[], programme: Programme, question: Question): ClaimsVerdict {
  const graph = buildGraph(events, { validAt: question.validAt });
  const verdict = evaluate(graph, buildStanding(events), programme, question);
  if (verdict === undefined) throw new Error(`no batch ${question.batchId}`);
  return verdict;
}
