import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ACCESS_ROLES, type Role } from '#access';
import { keyFor, openHiddenChain, SECRET } from '../harness/hidden-chain.js';
import { operationsOf, type OpenApiDocument, type Operation } from '../harness/openapi-document.js';
import { RunningLedger } from '../harness/running-ledger.js';
import { AT } from '../harness/two-sites.js';

const WHOSE = ['own', 'other', 'absent'] as const;
type Whose = (typeof WHOSE)[number];

/** Roles that may know what other organisations have: those of the registry and of the authority. */
const SEE_OTHERS: readonly (Role | undefined)[] = ['administrator', 'regulator'];
const ABSENT = 'nothing-of-this-name';
const NO_EVENT = '00000000-0000-4000-8000-000000000000';

interface Event {
  readonly eventId: string;
}

describe('every command, for every role, on its own objects, on those of others and on unknown ones', () => {
  let ledger: RunningLedger;
  let commands: Operation[];
  let number = 0;
  const keys = new Map<Role, string>();
  const issued: Partial<Record<Whose, string>> = {};
  /** The findings of the concerns, recorded before any role closes the concerns. */
  const findings: Partial<Record<Whose, string>> = {};

  beforeAll(async () => {
    ledger = await RunningLedger.start({
      LODEBOOK_RATE_LIMIT: '100000',
      LODEBOOK_RATE_LIMIT_ADDRESS: '100000',
      LODEBOOK_RATE_LIMIT_FAILED: '100000',
      LODEBOOK_RATE_LIMIT_PUBLIC: '0',
    });
    await openHiddenChain(ledger);
    await ledger.record('organisations/stranger/accreditations', { scheme: 'rmap', from: AT(1), occurredAt: AT(1) });
    await ledger.record('attestations', {
      attestationId: 'stranger-attestation',
      scheme: 'rmap',
      siteId: 'works',
      rights: ['child-labour'],
      validFrom: AT(1),
      validUntil: AT(9),
      issuerOrganisationId: 'stranger',
      documentSha256: 'd'.repeat(64),
      occurredAt: AT(1),
    });
    await ledger.record('concerns', {
      concernId: 'stranger-concern',
      siteId: 'yard',
      rights: ['child-labour'],
      source: 'worker',
      occurredAt: AT(2),
    });
    await ledger.record('sites/yard/batches', {
      batchId: 'inquired',
      material: 'polymetallic-ore',
      grossGrams: 1_000,
      contentGrams: { lithium: 10 },
      origin: { kind: 'extracted' },
      occurredAt: AT(9),
    });
    for (const whose of ['own', 'other'] as const) findings[whose] = await findingOf(await valueOf('concern', whose));
    for (const role of ACCESS_ROLES) keys.set(role, await keyFor(ledger, 'stranger', role));
    issued.own = await keyIdOf('stranger');
    issued.other = await keyIdOf('maker');
    const document = (await (await fetch(`${ledger.url}/openapi.json`)).json()) as OpenApiDocument;
    commands = operationsOf(document).filter(({ method }) => method !== 'get');
  });
  afterAll(() => ledger.dispose());

  async function keyIdOf(organisation: string): Promise<string> {
    const { body } = await ledger.post(`organisations/${organisation}/api-keys`, { label: 'spare', role: 'reader' });
    return body['keyId'] as unknown as string;
  }

  /** Records an event at a site, with a fact that can be erased. @returns its id */
  async function eventAt(site: string, batchId: string): Promise<string> {
    const { status, body } = await ledger.post(`sites/${site}/labels`, {
      batchId,
      labelId: `label-${number++}`,
      standard: 'gs1-128',
      carrier: 'barcode',
      value: '0042',
      withheld: [{ path: '/value', legalBasis: 'trade-secret', until: '2090-01-01T00:00:00.000Z' }],
      occurredAt: AT(10),
    });
    if (status !== 201) throw new Error(JSON.stringify(body));
    return (body['events'] as unknown as Event[])[0]!.eventId;
  }

  /** Records an event that an authority may correct: all others are corrected by the custodian. @returns its id */
  async function holdAt(site: string, batchId: string): Promise<string> {
    const { status, body } = await ledger.post(`sites/${site}/holds`, { batchId, reason: 'inquiry' });
    if (status !== 201) throw new Error(JSON.stringify(body));
    await ledger.record(`sites/${site}/releases`, { batchId });
    return (body['events'] as unknown as Event[])[0]!.eventId;
  }

  /** Records a finding that can be annulled. @returns its id */
  async function findingOf(concern: string): Promise<string> {
    const finding = { substantiated: true, rights: ['child-labour'], from: AT(3), until: AT(4) };
    const { status, body } = await ledger.post(`concerns/${concern}/findings`, finding);
    if (status !== 201) throw new Error(JSON.stringify(body));
    return (body['events'] as unknown as Event[])[0]!.eventId;
  }

  const eventOf = (whose: Whose): string | Promise<string> =>
    whose === 'absent' ? NO_EVENT : whose === 'own' ? eventAt('yard', 'own') : eventAt('plant', 'cathode');

  /** @throws Error for a path parameter that has no value here */
  async function valueOf(name: string, whose: Whose): Promise<string> {
    const values: Record<string, readonly [own: string, other: string]> = {
      site: ['yard', 'plant'],
      organisation: ['stranger', 'maker'],
      attestation: ['stranger-attestation', `${SECRET}-attestation`],
      concern: ['stranger-concern', `${SECRET}-concern`],
      keyId: [issued.own!, issued.other!],
      // Parts of an organisation. They need not exist: roles that may know of the organisation are then told so.
      key: ['some', 'some'],
      scheme: ['some', 'some'],
    };
    if (name === 'event') return eventOf(whose);
    const found = values[name];
    if (found === undefined) throw new Error(`say how to fill {${name}}`);
    return whose === 'absent' ? ABSENT : found[whose === 'own' ? 0 : 1];
  }

  async function send(operation: Operation, role: Role | undefined, whose: Whose): Promise<Outcome> {
    let address = operation.path;
    const filled: string[] = [];
    for (const [whole, name] of operation.path.matchAll(/\{([^}]+)\}/g)) {
      const value = await valueOf(name!, whose);
      filled.push(value);
      address = address.replace(whole, value);
    }
    const [type, body] = await bodyOf(operation, role, whose);
    const key = role && keys.get(role);
    const answer = await fetch(ledger.url + address, {
      method: operation.method.toUpperCase(),
      headers: { ...(key && { authorization: `Bearer ${key}` }), ...(type && { 'content-type': type }) },
      ...(body !== undefined && { body }),
    });
    const text = await answer.text();
    return { status: statusOf(answer, text), text: filled.reduce((all, value) => all.replaceAll(value, '·'), text) };
  }

  /** The example of the reference page, with events of this ledger in place of those that only the demonstration has. */
  async function bodyOf(
    operation: Operation,
    role: Role | undefined,
    whose: Whose,
  ): Promise<[string | undefined, string | undefined]> {
    const [type, media] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
    let body = Object.values(media?.examples ?? {})[0]?.value;
    if (operation.path.endsWith('/corrections')) {
      const isHold = role === 'regulator' && whose !== 'absent';
      const hold = (): Promise<string> => (whose === 'own' ? holdAt('yard', 'own') : holdAt('plant', 'cathode'));
      const eventId = await (isHold ? hold() : eventOf(whose));
      body = { ...(body as object), eventId };
    }
    if (operation.path.endsWith('/annulments') && whose !== 'absent') {
      body = { ...(body as object), eventId: findings[whose] };
    }
    // A stream accepts commands of custodians and of regulators: each role sends one of its own.
    if (operation.path.endsWith('/commands') && role === 'regulator') {
      body = `${JSON.stringify({ command: 'holds', body: { batchId: 'inquired', reason: 'inquiry' } })}\n`;
    }
    // An operation that cannot have an example is refused for its content, after every check of who sends it.
    if (type !== undefined) body ??= {};
    return [type, body === undefined || typeof body === 'string' ? body : JSON.stringify(body)];
  }

  /** @returns what is wrong with the answers */
  async function faultsOf(operation: Operation, role: Role | undefined): Promise<string[]> {
    const { method, path } = operation;
    const roles = (operation as unknown as { 'x-roles'?: Role[] })['x-roles'] ?? [];
    const isOfSomething = path.includes('{');
    const outcomes = new Map<Whose, Outcome>();
    for (const whose of isOfSomething ? WHOSE : (['own'] as const))
      outcomes.set(whose, await send(operation, role, whose));
    const absent = outcomes.get('absent');
    return [...outcomes].flatMap(([whose, { status, text }]) => {
      const told = `${method} ${path} (${whose}) was answered ${status} ${text.slice(0, 200)}`;
      if (needsNoKey(operation)) {
        // Accepted from anyone; an object that the sender may not know of is answered as one that does not exist.
        return isTaken(status) || (status === 404 && text === absent?.text) ? [] : [told];
      }
      if (role === undefined) return status === 401 ? [] : [told];
      if (!roles.includes(role)) return status === 403 ? [] : [told];
      if (whose === 'own' || (whose === 'other' && SEE_OTHERS.includes(role))) {
        return isTaken(status) || lacksWhatItNames(path, text) ? [] : [told];
      }
      return status === 404 && text === absent!.text ? [] : [`${told}, and of one that is not there ${absent!.text}`];
    });
  }

  it.each([undefined, ...ACCESS_ROLES])('answers the role %s as its policies say', async (role) => {
    const wrong: string[] = [];
    for (const operation of commands) wrong.push(...(await faultsOf(operation, role)));
    expect(wrong).toEqual([]);
    expect(commands.length).toBeGreaterThan(35);
  });
});

function needsNoKey({ security = [] }: Operation): boolean {
  return security.some((requirement) => Object.keys(requirement).length === 0);
}

/**
 * The examples of confirmations and of admissions name a correction and a comment that do not exist here. The refusal says
 * so after every check of who asks, and reveals no site and no concern.
 */
function lacksWhatItNames(path: string, answer: string): boolean {
  return (
    (path.endsWith('/confirmations') && answer.includes('has no correction')) ||
    (path.includes('/comment-') && answer.includes('awaits its admission'))
  );
}

interface Outcome {
  readonly status: number;
  /** Without the names in the address. */
  readonly text: string;
}

/** Whether it was recorded, or refused for its content by the rules of the ledger, but not for who sent it. */
function isTaken(status: number): boolean {
  return (status >= 200 && status < 300) || [400, 409, 422].includes(status);
}

/** The status; for a stream, that of its first line. */
function statusOf(answer: Response, text: string): number {
  if (answer.status !== 200 || !answer.headers.get('content-type')?.includes('ndjson')) return answer.status;
  const line = JSON.parse(text.split('\n')[0]!) as { status?: number };
  return line.status ?? 201;
}
