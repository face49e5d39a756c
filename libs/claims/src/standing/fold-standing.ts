import {
  annulFinding,
  changeOf,
  issueAttestation,
  raiseConcern,
  recordFinding,
  suspendAttestation,
  type AttestationIssued,
  type AttestationStateChanged,
  type FindingAnnulled,
  type FindingRecorded,
  type ConcernRaised,
} from '#attestation';
import {
  declareControl,
  grantAccreditation,
  registerOrganisation,
  withdrawAccreditation,
  type AccreditationGranted,
  type AccreditationWithdrawn,
  type ControlDeclared,
  type OrganisationRegistered,
  type SiteEvents,
} from '#custody';
import { beginningOf, endOf, recordedForm } from '#vocabulary';
import { type EventMark, type GraphEvent } from '../graph/index.js';
import {
  type AttestationNode,
  type ConcernNode,
  type OrganisationNode,
  type SiteStanding,
  type Standing,
} from './standing.types.js';

/** Which node an event of the streams `attestation-{id}`, `concern-{id}` and `organisation-{id}` folds into. */
export interface StandingKey {
  readonly kind: 'attestation' | 'concern' | 'organisation' | 'site';
  readonly id: string;
}

export function standingKeyOf({ stream, type }: Pick<GraphEvent, 'stream' | 'type'>): StandingKey | undefined {
  if (stream.startsWith('attestation-')) return { kind: 'attestation', id: stream.slice('attestation-'.length) };
  if (stream.startsWith('concern-')) return { kind: 'concern', id: stream.slice('concern-'.length) };
  if (SITE_STANDING.includes(type) && stream.startsWith('site-'))
    return { kind: 'site', id: stream.slice('site-'.length) };
  if (!ORGANISATION_STANDING.includes(type) || !stream.startsWith('organisation-')) return undefined;
  return { kind: 'organisation', id: stream.slice('organisation-'.length) };
}

/** Events of a site that concern no batch, and that verdicts rest on. */
const SITE_STANDING: readonly string[] = ['SiteHeld', 'SiteReleased'] satisfies (keyof SiteEvents)[];

/** Events of an organisation that verdicts rest on. */
export const ORGANISATION_STANDING: readonly string[] = [
  registerOrganisation.type,
  declareControl.type,
  grantAccreditation.type,
  withdrawAccreditation.type,
];

/** Organisations that an event of standing names, and whose own standing may decide whether it counts. */
export function organisationsNamed({ type, data }: Pick<GraphEvent, 'type' | 'data'>): string[] {
  const { organisationId, issuerOrganisationId, controllerOrganisationId } = data as Record<string, unknown>;
  const named =
    type === 'SiteOpened'
      ? organisationId
      : type === 'AttestationIssued'
        ? issuerOrganisationId
        : type === 'ControlDeclared'
          ? controllerOrganisationId
          : undefined;
  return typeof named === 'string' ? [named] : [];
}

export function createStanding(): Standing {
  return { attestations: new Map(), concerns: new Map(), organisations: new Map(), sites: new Map() };
}

/** The standing that consists of these nodes. */
export function standingOf(
  attestations: Iterable<AttestationNode>,
  concerns: Iterable<ConcernNode>,
  organisations: Iterable<OrganisationNode>,
): Standing {
  const standing = createStanding();
  for (const node of organisations) standing.organisations.set(node.organisationId, node);
  for (const node of attestations) putAttestation(standing, node);
  for (const node of concerns) putConcern(standing, node);
  return standing;
}

/**
 * Folds the next event of the log into a standing that it owns and changes in place; nodes themselves are replaced, never
 * changed. Events of other streams, and data that are not what their type says, change nothing.
 */
export function foldStanding(standing: Standing, event: GraphEvent): void {
  const key = standingKeyOf(event);
  if (key?.kind === 'attestation') {
    const node = foldAttestation(standing.attestations.get(key.id), event);
    if (node !== undefined) putAttestation(standing, node);
  } else if (key?.kind === 'concern') {
    const node = foldConcern(standing.concerns.get(key.id), event);
    if (node !== undefined) putConcern(standing, node);
  } else if (key?.kind === 'organisation') {
    const node = foldOrganisation(standing.organisations.get(key.id), event);
    if (node !== undefined) standing.organisations.set(node.organisationId, node);
  } else if (key?.kind === 'site') {
    const site = siteStanding(standing, key.id);
    site.holds = foldHold(site.holds, event);
  }
}

function foldHold(holds: SiteStanding['holds'], event: GraphEvent): SiteStanding['holds'] {
  const last = holds.at(-1);
  const isHeld = last !== undefined && last.released === undefined;
  if (event.type === 'SiteHeld') return isHeld ? holds : [...holds, { held: markOf(event) }];
  return isHeld ? [...holds.slice(0, -1), { ...last, released: markOf(event) }] : holds;
}

/** The standing that a list of events in log order gives. */
export function buildStanding(events: Iterable<GraphEvent>): Standing {
  const standing = createStanding();
  for (const event of events) foldStanding(standing, event);
  return standing;
}

const fitsIssue = recordedForm(issueAttestation.fields, [
  'attestationId',
  'siteId',
  'scheme',
  'rights',
  'validFrom',
  'validUntil',
  'issuerOrganisationId',
  'assurance',
]);
const fitsChange = recordedForm(suspendAttestation.fields, ['from', 'authority']);
const fitsConcern = recordedForm(raiseConcern.fields, ['concernId', 'siteId', 'rights']);
const fitsAnnulment = recordedForm(annulFinding.fields, ['eventId']);
const fitsFinding = recordedForm(recordFinding.fields, ['substantiated', 'rights', 'from', 'until']);

/** One attestation with one more event; the node as it was when the event does not concern it. */
export function foldAttestation(node: AttestationNode | undefined, event: GraphEvent): AttestationNode | undefined {
  const mark = markOf(event);
  switch (event.type) {
    case 'AttestationIssued': {
      if (node !== undefined || !fitsIssue(event.data)) return node;
      const { attestationId, siteId, scheme, rights, validFrom, validUntil, issuerOrganisationId, assurance } =
        event.data as AttestationIssued;
      // A node is found by its stream: data that name another id would take the place of another attestation.
      if (standingKeyOf(event)?.id !== attestationId) return node;
      const issued = {
        attestationId,
        siteId,
        scheme,
        rights: [...rights],
        assurance,
        validFrom: beginningOf(validFrom),
        validUntil: endOf(validUntil),
        issuerOrganisationId,
      };
      return { ...issued, issued: mark, changes: [] };
    }
    case 'AttestationSuspended':
    case 'AttestationReinstated':
    case 'AttestationRevoked': {
      if (node === undefined || !fitsChange(event.data)) return node;
      const change = changeOf({ type: event.type, data: event.data as AttestationStateChanged });
      return { ...node, changes: [...node.changes, { ...mark, ...change }] };
    }
    default:
      return node;
  }
}

const fitsRegistration = recordedForm(registerOrganisation.fields, ['organisationId', 'country']);
const fitsControl = recordedForm(declareControl.fields, [
  'kind',
  'country',
  'share',
  'controllerOrganisationId',
  'from',
]);

const fitsGrant = recordedForm(grantAccreditation.fields, ['scheme', 'from', 'until']);
const fitsWithdrawal = recordedForm(withdrawAccreditation.fields, ['scheme', 'from']);

/** One organisation with one more event; the node as it was when the event does not concern it. */
export function foldOrganisation(node: OrganisationNode | undefined, event: GraphEvent): OrganisationNode | undefined {
  const mark = markOf(event);
  const organisationId = standingKeyOf(event)?.id;
  if (organisationId === undefined) return node;
  const known: OrganisationNode = node ?? { organisationId, control: [], accreditations: [] };
  switch (event.type) {
    case 'OrganisationRegistered': {
      if (known.registered !== undefined || !fitsRegistration(event.data)) return node;
      const { organisationId: named, country } = event.data as OrganisationRegistered;
      return named === organisationId ? { ...known, registered: { ...mark, country } } : node;
    }
    case 'ControlDeclared': {
      if (!fitsControl(event.data)) return node;
      const { kind, country, share, controllerOrganisationId, from = mark.occurredAt } = event.data as ControlDeclared;
      const controller = controllerOrganisationId === undefined ? {} : { controller: controllerOrganisationId };
      return { ...known, control: [...known.control, { ...mark, kind, country, share, ...controller, from }] };
    }
    case 'AccreditationGranted': {
      if (!fitsGrant(event.data)) return node;
      const { scheme, from, until } = event.data as AccreditationGranted;
      const period = { from: beginningOf(from), ...(until === undefined ? {} : { until: endOf(until) }) };
      return { ...known, accreditations: [...known.accreditations, { ...mark, scheme, ...period, withdrawals: [] }] };
    }
    case 'AccreditationWithdrawn': {
      if (!fitsWithdrawal(event.data)) return node;
      const { scheme, from } = event.data as AccreditationWithdrawn;
      // An accreditation granted after a withdrawal counts: only those granted before it end.
      const accreditations = known.accreditations.map((granted) =>
        granted.scheme === scheme && (granted.until === undefined || from < granted.until)
          ? { ...granted, withdrawals: [...granted.withdrawals, { ...mark, from }] }
          : granted,
      );
      return { ...known, accreditations };
    }
    default:
      return node;
  }
}

/** One concern with one more event; the node as it was when the event does not concern it. */
export function foldConcern(node: ConcernNode | undefined, event: GraphEvent): ConcernNode | undefined {
  const mark = markOf(event);
  if (event.type === 'ConcernRaised') {
    if (node !== undefined || !fitsConcern(event.data)) return node;
    const { concernId, siteId, rights } = event.data as ConcernRaised;
    if (standingKeyOf(event)?.id !== concernId) return node;
    const empty = { investigations: [], findings: [], remediations: [] };
    return { concernId, siteId, rights: [...rights], raised: mark, ...empty };
  }
  if (node === undefined) return node;
  switch (event.type) {
    case 'InvestigationOpened':
      return { ...node, investigations: [...node.investigations, { opened: mark }] };
    case 'FindingRecorded': {
      if (!fitsFinding(event.data)) return node;
      const { substantiated, rights, from, until } = event.data as FindingRecorded;
      const finding = { ...mark, substantiated, rights: [...rights], from, ...(until === undefined ? {} : { until }) };
      return { ...ended(node, mark), findings: [...node.findings, finding] };
    }
    case 'FindingAnnulled': {
      if (!fitsAnnulment(event.data)) return node;
      const { eventId } = event.data as FindingAnnulled;
      return annulled(node, eventId, mark);
    }
    case 'RemediationAccepted':
      return { ...node, remediations: [...node.remediations, mark] };
    case 'ConcernClosed':
      return { ...ended(node, mark), closed: mark };
    default:
      return node;
  }
}

/** Every open investigation of the concern ended. */
function ended(node: ConcernNode, mark: EventMark): ConcernNode {
  const investigations = node.investigations.map((each) =>
    each.ended === undefined ? { ...each, ended: mark } : each,
  );
  return { ...node, investigations };
}

/** The finding no longer counts: investigations that it ended continue to their next end. */
function annulled(node: ConcernNode, eventId: string, mark: EventMark): ConcernNode {
  const findings = node.findings.map((each) =>
    each.eventId === eventId && each.annulled === undefined ? { ...each, annulled: mark } : each,
  );
  const ends = [...findings.filter((each) => each.annulled === undefined), ...(node.closed ? [node.closed] : [])];
  const investigations = node.investigations.map(({ opened }) => {
    const end = ends.find(({ logIndex }) => logIndex > opened.logIndex);
    if (end === undefined) return { opened };
    const { eventId: by, logIndex, occurredAt } = end;
    return { opened, ended: { eventId: by, logIndex, occurredAt } };
  });
  return { ...node, findings, investigations };
}

function markOf(event: GraphEvent): EventMark {
  return { eventId: event.id, logIndex: event.logIndex, occurredAt: event.metadata.occurredAt };
}

function siteStanding(standing: Standing, siteId: string): SiteStanding {
  let site = standing.sites.get(siteId);
  if (site === undefined)
    standing.sites.set(siteId, (site = { attestations: new Map(), concerns: new Map(), holds: [] }));
  return site;
}

function putAttestation(standing: Standing, node: AttestationNode): void {
  standing.attestations.set(node.attestationId, node);
  siteStanding(standing, node.siteId).attestations.set(node.attestationId, node);
}

function putConcern(standing: Standing, node: ConcernNode): void {
  standing.concerns.set(node.concernId, node);
  siteStanding(standing, node.siteId).concerns.set(node.concernId, node);
}
