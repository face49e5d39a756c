import { beginningOf, endOf, type CommandOf, type Withholdable } from '#vocabulary';
import {
  factOf,
  type AccreditationGranted,
  type AccreditationWithdrawn,
  type ControlDeclared,
  type EventMetadata,
  type LedgerEvent,
  type OrganisationEvent,
  type OrganisationRegistered,
  type OrganisationRole,
  type Visibility,
  type VisibilityChosen,
} from '../events.js';
import { refuseOccurredAt, type Moment } from '../occurred-at.js';
import { acceptAs, refusal, refuse, type Decision } from '../refusal.js';
import { NO_REVISION } from '../account/site-account.js';
import {
  chooseVisibility,
  declareControl,
  grantAccreditation,
  registerOrganisation,
  withdrawAccreditation,
  type OrganisationFact,
} from './organisation-facts.js';
import { type DeclaredControl } from './control.js';
import { decideSigning, evolveSigning, NO_SIGNING, type Signing } from './signing.js';

export interface Accreditation {
  readonly scheme: string;
  /** Instants, whatever was recorded. */
  readonly from: string;
  readonly until?: string;
  /** From then on it counts no more. */
  readonly withdrawnFrom?: string;
}

export interface Organisation {
  readonly organisationId: string;
  readonly name: Withholdable<string>;
  readonly country: string;
  readonly roles: readonly OrganisationRole[];
  /** In the order granted. */
  readonly accreditations: readonly Accreditation[];
  /** In the order recorded. */
  readonly control: readonly DeclaredControl[];
  readonly signing: Signing;
  readonly visibility: Visibility;
  /** Of the last event folded; `NO_REVISION` before the first. */
  readonly revision: bigint;
}

export type OrganisationCommand = CommandOf<OrganisationFact>;

export function initialOrganisation(): Organisation {
  return {
    organisationId: '',
    name: '',
    country: '',
    roles: [],
    accreditations: [],
    control: [],
    signing: NO_SIGNING,
    visibility: 'pseudonymous',
    revision: NO_REVISION,
  };
}

/**
 * @returns the event to record, or the refusal: `id-taken` (registered before), `not-found` (not registered),
 *   `invalid-request` (an empty or inverted interval, control by itself), `not-accredited` (nothing to withdraw), `occurred-out-of-order`,
 *   and what {@link decideSigning} refuses
 */
export function decideOrganisation(
  command: OrganisationCommand,
  organisation: Organisation,
  moment: Moment,
): Decision<OrganisationEvent> {
  const early = refuseOccurredAt(moment);
  if (early) return refuse(early);
  const registered = organisation.revision !== NO_REVISION;
  if (command.kind === 'organisations') {
    const { organisationId } = command.body;
    return registered
      ? refuse(refusal('id-taken', `The organisation id ${organisationId} is already used.`, 'organisationId'))
      : register(command.body);
  }
  if (!registered) return refuse(refusal('not-found', 'There is no such organisation.'));
  switch (command.kind) {
    case 'accreditations':
      return grant(command.body);
    case 'withdrawal':
      return withdraw(command.body, organisation);
    case 'visibility':
      return choose(command.body);
    case 'control':
      return declare(command.body, organisation, moment);
    default:
      return decideSigning(command, organisation.signing, moment);
  }
}

/** Folds an event of the stream `organisation-{id}`. */
export function evolveOrganisation(state: Organisation, event: LedgerEvent<OrganisationEvent>): Organisation {
  return { ...state, ...changed(state, factOf(event), event.metadata), revision: event.revision };
}

/** Whether the organisation may attest under the scheme at that moment: from ≤ at < until, and not withdrawn by then. */
export function isAccredited(
  { accreditations }: Pick<Organisation, 'accreditations'>,
  scheme: string,
  at: string,
): boolean {
  return accreditations.some(
    (granted) =>
      granted.scheme === scheme &&
      granted.from <= at &&
      (granted.until === undefined || at < granted.until) &&
      (granted.withdrawnFrom === undefined || at < granted.withdrawnFrom),
  );
}

function register(body: OrganisationRegistered): Decision<OrganisationEvent> {
  return acceptAs(registerOrganisation, body, {});
}

function grant(body: AccreditationGranted): Decision<OrganisationEvent> {
  const { from, until } = body;
  if (until !== undefined && endOf(until) <= beginningOf(from)) {
    return refuse(refusal('invalid-request', `The accreditation ends at ${until}, not after it begins.`, 'until'));
  }
  return acceptAs(grantAccreditation, body, {});
}

function choose(body: VisibilityChosen): Decision<OrganisationEvent> {
  return acceptAs(chooseVisibility, body, {});
}

function declare(
  body: ControlDeclared,
  { organisationId }: Organisation,
  { occurredAt }: Moment,
): Decision<OrganisationEvent> {
  if (body.controllerOrganisationId === organisationId) {
    return refuse(refusal('invalid-request', 'An organisation does not control itself.', 'controllerOrganisationId'));
  }
  return acceptAs(declareControl, { from: occurredAt, ...body }, {});
}

function withdraw(body: AccreditationWithdrawn, { accreditations }: Organisation): Decision<OrganisationEvent> {
  const { scheme, from } = body;
  if (!accreditations.some((granted) => isShortenedBy(granted, scheme, from))) {
    return refuse(refusal('not-accredited', `No accreditation for ${scheme} reaches ${from}.`, 'scheme'));
  }
  return acceptAs(withdrawAccreditation, body, {});
}

function changed(
  state: Organisation,
  event: OrganisationEvent,
  { occurredAt, recordedAt }: EventMetadata,
): Partial<Organisation> {
  switch (event.type) {
    case 'OrganisationRegistered': {
      const { organisationId, name, country, roles } = event.data;
      return { organisationId, name, country, roles };
    }
    case 'AccreditationGranted': {
      const { scheme, from, until } = event.data;
      const period = { from: beginningOf(from), ...(until === undefined ? {} : { until: endOf(until) }) };
      return { accreditations: [...state.accreditations, { scheme, ...period }] };
    }
    case 'AccreditationWithdrawn': {
      // What is granted after a withdrawal counts anew: only the accreditations recorded so far end.
      const { scheme, from: withdrawnFrom } = event.data;
      return {
        accreditations: state.accreditations.map((granted) =>
          isShortenedBy(granted, scheme, withdrawnFrom) ? { ...granted, withdrawnFrom } : granted,
        ),
      };
    }
    case 'VisibilityChosen':
      return { visibility: event.data.visibility };
    case 'ControlDeclared': {
      const { kind, country, share, controllerOrganisationId: controller, from = occurredAt } = event.data;
      const declared = { kind, country, share, from, ...(controller === undefined ? {} : { controller }) };
      return { control: [...state.control, declared] };
    }
    case 'SigningKeyRegistered':
    case 'SigningKeyRevoked':
    case 'SigningPolicyChosen':
      return { signing: evolveSigning(state.signing, event, recordedAt) };
  }
}

/** Whether a withdrawal from then on takes anything away from what was granted. */
function isShortenedBy({ scheme, until, withdrawnFrom }: Accreditation, withdrawn: string, from: string): boolean {
  return (
    scheme === withdrawn &&
    (until === undefined || from < until) &&
    (withdrawnFrom === undefined || from < withdrawnFrom)
  );
}
