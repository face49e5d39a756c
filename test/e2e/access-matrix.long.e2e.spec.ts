import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ACCESS_ROLES, type Role } from '#access';
import { keyFor, openHiddenChain } from '../harness/hidden-chain.js';
import { operationsOf, type OpenApiDocument, type Operation } from '../harness/openapi-document.js';
import { RunningLedger } from '../harness/running-ledger.js';

const ABSENT = 'nothing-of-this-name';
const PROGRAMME = 'us-japan-cma-2023';

type Whose = 'own' | 'other' | 'absent';
/** The value of each path parameter; `open`: every role that may use the route may know of the object. */
const OBJECTS: Readonly<Record<string, { readonly own?: string; readonly other?: string; readonly open?: true }>> = {
  batch: { own: 'own', other: 'cathode' },
  product: { own: 'first-pack', other: 'pack' },
  model: { own: 'first-pack-model' },
  site: { own: 'yard', other: 'plant' },
  organisation: { own: 'stranger', other: 'maker' },
  programme: { own: PROGRAMME, open: true },
  path: { own: '0/000.p/8', open: true },
  // Their ids are assigned by the server when they are made.
  id: {},
  event: {},
  entry: {},
  attestation: { other: 'quokka-attestation' },
  concern: { other: 'quokka-concern' },
  // Parts of an organisation; only in the paths of commands.
  keyId: { own: 'some', other: 'some' },
  key: { own: 'some', other: 'some' },
  scheme: { own: 'some', other: 'some' },
};
/** A tile of entries has no level in its path. */
const ENTRIES = { own: '000.p/8' } as const;
/** Values of required query parameters. */
const QUERIES: Readonly<Record<string, string>> = {
  programme: PROGRAMME,
  from: '1',
  q: 'own',
  plant: 'yard',
  year: '2026',
};

/** Routes that need one of several parameters, which OpenAPI cannot express. */
const SEARCHES: Readonly<Record<string, string>> = { '/v1/audit/proofs/inclusion': 'index=3' };

interface Case {
  readonly operation: Operation;
  readonly address: string;
  readonly whose: Whose | 'none';
}

/** Every way to fill the path of an operation. @throws Error for a parameter that has no value here */
function casesOf(operation: Operation): Case[] {
  const { path, parameters = [] } = operation;
  const search = new URLSearchParams(SEARCHES[path]);
  for (const { name, required } of parameters.filter((one) => one.in === 'query')) {
    if (required !== true) continue;
    const value = QUERIES[name];
    if (value === undefined) throw new Error(`${path}: say how to fill the query ${name}`);
    search.set(name, value);
  }
  const query = search.size === 0 ? '' : `?${search.toString()}`;
  const names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name!);
  const unknown = names.find((name) => OBJECTS[name] === undefined);
  if (unknown !== undefined) throw new Error(`${path}: say how to fill {${unknown}}`);
  if (names.length === 0) return [{ operation, address: path + query, whose: 'none' }];
  return (['own', 'other', 'absent'] as const).flatMap((whose) => {
    let address = path;
    for (const name of names) {
      const object = name === 'path' && path.includes('/entries/') ? ENTRIES : OBJECTS[name]!;
      const value = whose === 'absent' ? ABSENT : (object as (typeof OBJECTS)[string])[whose];
      if (value === undefined) return [];
      address = address.replace(`{${name}}`, value);
    }
    return [{ operation, address: address + query, whose }];
  });
}

function rolesOf(operation: Operation): readonly Role[] | undefined {
  return (operation as unknown as { 'x-roles'?: Role[] })['x-roles'];
}

/** The status by the stated policy of the route and by what the role may know of the ledger. */
function expected({ operation, whose }: Case, role: Role | undefined): (number | 'answered')[] {
  const roles = rolesOf(operation);
  if (role === undefined && roles !== undefined) return [401];
  if (role !== undefined && roles !== undefined && !roles.includes(role)) return [403];
  // Commands are sent without a body: they are refused for that, or because the sender may not know their target.
  if (operation.method !== 'get') return ['answered'];
  if (whose === 'absent') return [404];
  const [name] = [...operation.path.matchAll(/\{([^}]+)\}/g)].map(([, each]) => each!);
  const isOpen = name !== undefined && OBJECTS[name]!.open === true;
  const seesAll = role === 'regulator' || role === 'administrator';
  return whose === 'other' && !isOpen && !seesAll ? [404] : [200];
}

describe('every route, for every role, on its own objects, on those of others and on unknown ones', () => {
  let ledger: RunningLedger;
  let cases: Case[];
  const keys = new Map<Role | undefined, string>();
  beforeAll(async () => {
    ledger = await RunningLedger.start({
      LODEBOOK_RATE_LIMIT: '100000',
      LODEBOOK_RATE_LIMIT_ADDRESS: '100000',
      LODEBOOK_RATE_LIMIT_FAILED: '100000',
      LODEBOOK_RATE_LIMIT_PUBLIC: '0',
    });
    const position = await openHiddenChain(ledger);
    for (const role of ACCESS_ROLES) keys.set(role, await keyFor(ledger, 'stranger', role));
    await ledger.get(`programmes/${PROGRAMME}/overview`, position);
    await ledger.get('audit/proofs/inclusion?index=20');
    const document = (await (await fetch(`${ledger.url}/openapi.json`)).json()) as OpenApiDocument;
    cases = operationsOf(document).flatMap(casesOf);
  });
  afterAll(() => ledger.dispose());

  it.each([undefined, ...ACCESS_ROLES])('answers the role %s as its policies say', async (role) => {
    const key = keys.get(role);
    const wrong: unknown[] = [];
    for (const each of cases) {
      const answer = await fetch(ledger.url + each.address, {
        method: each.operation.method.toUpperCase(),
        headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
      });
      await answer.arrayBuffer();
      const wanted = expected(each, role);
      const isAnswered = answer.status >= 200 && answer.status < 500 && answer.status !== 401;
      if (wanted[0] === 'answered' ? !isAnswered : !wanted.includes(answer.status)) {
        wrong.push([each.operation.method, each.address, answer.status, wanted]);
      }
    }
    expect(wrong).toEqual([]);
    expect(cases.length).toBeGreaterThan(60);
  });
});
