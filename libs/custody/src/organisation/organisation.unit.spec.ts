import { describe, expect, it } from '@jest/globals';
import { type EventMetadata, type OrganisationEvent, type OrganisationRegistered, type SiteOpened } from '../events.js';
import { EARLIER, NOW, Outcome } from '../testing/site-scenario.js';
import { decideSiteOpening } from './open-site.js';
import {
  decideOrganisation,
  evolveOrganisation,
  initialOrganisation,
  isAccredited,
  type OrganisationCommand,
} from './organisation.js';

const moment = { occurredAt: NOW, now: NOW, authority: 'admin' };
const LATE = { ...moment, occurredAt: '2025-06-01T12:05:00.001Z' };
const body: OrganisationRegistered = { organisationId: 'acme', name: 'Acme', country: 'JP', roles: ['attestor'] };
const registered: OrganisationEvent = { type: 'OrganisationRegistered', data: body };
const granted = (from: string, until?: string): OrganisationEvent => ({
  type: 'AccreditationGranted',
  data: { scheme: 'rmap', from, ...(until === undefined ? {} : { until }) },
});
const withdrawn = (from: string): OrganisationEvent => ({
  type: 'AccreditationWithdrawn',
  data: { scheme: 'rmap', from, reason: 'audit failed' },
});

function stateAfter(...events: OrganisationEvent[]) {
  const metadata: EventMetadata = {
    commandId: 'c',
    actor: { principal: 'admin' },
    occurredAt: EARLIER,
    recordedAt: EARLIER,
    schemaVersion: 1,
  };
  return events
    .map((event, index) => ({
      ...event,
      id: `e${index}`,
      stream: 'organisation-acme',
      revision: BigInt(index),
      metadata,
    }))
    .reduce(evolveOrganisation, initialOrganisation());
}
const given = (...events: OrganisationEvent[]) => ({
  when: (command: OrganisationCommand, then = moment) =>
    new Outcome(decideOrganisation(command, stateAfter(...events), then)),
});

describe('an organisation', () => {
  it('is registered once', () => {
    given().when({ kind: 'organisations', body }).then(registered);
    given(registered).when({ kind: 'organisations', body }).thenRefused('id-taken', 'organisationId');
    given().when({ kind: 'organisations', body }, LATE).thenRefused('occurred-out-of-order', 'occurredAt');
  });

  it('is known after its registration', () => {
    expect(stateAfter(registered)).toEqual({
      ...body,
      accreditations: [],
      control: [],
      signing: { keys: [] },
      visibility: 'pseudonymous',
      revision: 0n,
    });
  });

  it('is accredited for an interval', () => {
    const grant = { scheme: 'rmap', from: '2025-01-01T00:00:00.000Z', until: '2026-01-01T00:00:00.000Z' };
    given(registered).when({ kind: 'accreditations', body: grant }).then({ type: 'AccreditationGranted', data: grant });
    given().when({ kind: 'accreditations', body: grant }).thenRefused('not-found');
    given(registered)
      .when({ kind: 'accreditations', body: { ...grant, until: grant.from } })
      .thenRefused('invalid-request', 'until');
  });

  it('declares who controls it, from now on unless it says otherwise, and never itself', () => {
    const declared = { kind: 'ownership', country: 'CN', share: '0.3' } as const;
    const command = { kind: 'control' as const, body: declared };
    given(registered)
      .when(command)
      .then({ type: 'ControlDeclared', data: { ...declared, from: NOW } });
    given(registered)
      .when({ ...command, body: { ...declared, from: EARLIER } })
      .then({ type: 'ControlDeclared', data: { ...declared, from: EARLIER } });
    given().when(command).thenRefused('not-found');
    given(registered)
      .when({ ...command, body: { ...declared, controllerOrganisationId: 'acme' } })
      .thenRefused('invalid-request', 'controllerOrganisationId');
    const event: OrganisationEvent = { type: 'ControlDeclared', data: { ...declared, controllerOrganisationId: 'h' } };
    expect(stateAfter(registered, event).control).toEqual([{ ...declared, controller: 'h', from: EARLIER }]);
  });

  it('chooses whether it is read by name, and not before it is registered', () => {
    const choice = { kind: 'visibility' as const, body: { visibility: 'open' as const } };
    const chosen: OrganisationEvent = { type: 'VisibilityChosen', data: { visibility: 'open' } };
    given(registered).when(choice).then(chosen);
    given().when(choice).thenRefused('not-found');
    expect(stateAfter(registered).visibility).toBe('pseudonymous');
    expect(stateAfter(registered, chosen).visibility).toBe('open');
  });

  it('loses only an accreditation that it has', () => {
    const withdrawal = { kind: 'withdrawal' as const, body: { scheme: 'rmap', from: EARLIER, reason: 'audit failed' } };
    given(registered, granted(EARLIER)).when(withdrawal).then(withdrawn(EARLIER));
    given(registered).when(withdrawal).thenRefused('not-accredited', 'scheme');
    given(registered, granted('2024-01-01T00:00:00.000Z', EARLIER))
      .when(withdrawal)
      .thenRefused('not-accredited', 'scheme');
    given(registered, granted(EARLIER), withdrawn(EARLIER)).when(withdrawal).thenRefused('not-accredited', 'scheme');
  });
});

describe('isAccredited', () => {
  const FROM = '2025-01-01T00:00:00.000Z';
  const UNTIL = '2026-01-01T00:00:00.000Z';
  const MIDDLE = '2025-07-01T00:00:00.000Z';
  const accredited = (at: string, ...events: OrganisationEvent[]) =>
    isAccredited(stateAfter(registered, ...events), 'rmap', at);

  it('counts from the first instant to before the last', () => {
    expect(
      ['2024-12-31T23:59:59.999Z', FROM, '2025-12-31T23:59:59.999Z', UNTIL].map((at) =>
        accredited(at, granted(FROM, UNTIL)),
      ),
    ).toEqual([false, true, true, false]);
    expect(accredited('2999-01-01T00:00:00.000Z', granted(FROM))).toBe(true);
  });

  it('is by scheme', () => {
    expect(isAccredited(stateAfter(registered, granted(FROM)), 'irma', MIDDLE)).toBe(false);
  });

  it('ends with a withdrawal, however late that is recorded', () => {
    const then = [granted(FROM, UNTIL), withdrawn(MIDDLE)];
    expect(['2025-06-30T23:59:59.999Z', MIDDLE].map((at) => accredited(at, ...then))).toEqual([true, false]);
    expect(accredited(MIDDLE, ...then, withdrawn('2025-10-01T00:00:00.000Z'))).toBe(false);
  });

  it('begins anew with what is granted after a withdrawal', () => {
    expect(accredited(MIDDLE, granted(FROM), withdrawn(FROM), granted(MIDDLE))).toBe(true);
  });
});

describe('opening a site', () => {
  const data: SiteOpened = {
    siteId: 'here',
    organisationId: 'acme',
    name: 'Here',
    country: 'JP',
    activities: ['refining'],
    location: { latitude: '35.68', longitude: '139.69' },
  };
  const open = (organisationExists: boolean, siteExists: boolean, then = moment) =>
    new Outcome(decideSiteOpening({ kind: 'sites', body: data }, { organisationExists, siteExists }, then));

  it('needs its organisation, and an id of its own', () => {
    open(true, false).then({ type: 'SiteOpened', data });
    open(false, false).thenRefused('not-found');
    open(true, true).thenRefused('id-taken', 'siteId');
    open(true, false, LATE).thenRefused('occurred-out-of-order', 'occurredAt');
  });
});
