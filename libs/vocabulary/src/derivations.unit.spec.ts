import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { isISO31661Alpha2 } from 'class-validator';
import { FACTS } from '#attestation';
import { SITE_FACTS } from '#custody';
import { commandAcceptance, replacementAcceptance } from './acceptance.js';
import { COUNTRIES } from './countries.js';
import {
  commandOf,
  opensStream,
  recordedFields,
  recordedOf,
  streamIdOf,
  targetOf,
  type Fact,
  targetNames,
} from './fact.js';
import { type Fields } from './field.js';
import { identityOf, type Identity } from './identity.js';
import { commandSchema } from './json-schema.js';
import { recordedForm } from './recorded-form.js';
import { restated } from './signed-form.js';
import { sampleRecorded, sampleSent } from './testing/sample.js';
import { withholdableInRecord, withholdablePaths } from './withholding.js';

const each = describe.each(FACTS.map((fact): [string, Fact] => [fact.type, fact]));

const WITHHELD = { commitment: '00'.repeat(32), legalBasis: 'trade-secret', until: '2030-01-01T00:00:00.000Z' };

/** A command's body: without what its address says. */
function bodyOf({ fields }: Fact): Record<string, unknown> {
  const addressed = Object.entries(fields).filter(([, { options }]) => options.address !== undefined);
  const left = new Set(addressed.map(([name]) => name));
  return Object.fromEntries(Object.entries(sampleSent(fields)).filter(([name]) => !left.has(name)));
}

function without(data: Record<string, unknown>, name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data).filter(([other]) => other !== name));
}

function put(data: unknown, [first, ...rest]: readonly string[], value: unknown): unknown {
  if (first === undefined) return value;
  const members = data as Record<string, unknown>;
  return { ...members, [first]: put(members[first], rest, value) };
}

const namesOf = (fields: Fields): string[] => Object.keys(recordedFields(fields));

it('there is one fact for each event type and each command', () => {
  expect(new Set(FACTS.map(({ type }) => type)).size).toBe(FACTS.length);
  expect(new Set(FACTS.map(({ path }) => path)).size).toBe(FACTS.length);
  const calls = FACTS.map((fact) => `${commandOf(fact)} of ${[...targetOf(fact)].sort().join(' and ')}`);
  expect(new Set(calls).size).toBe(FACTS.length);
});

it('knows the countries that class-validator knows', () => {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const pairs = letters.flatMap((first) => letters.map((second) => first + second));
  expect([...COUNTRIES].sort()).toEqual(pairs.filter((pair) => isISO31661Alpha2(pair)));
});

it('names the targets that a line of a file can have', () => {
  expect(targetNames(FACTS).sort()).toEqual(['attestation', 'concern', 'key', 'organisation', 'scheme', 'site']);
});

each('%s', (_, fact) => {
  const { fields } = fact;
  const body = bodyOf(fact);
  const data = sampleRecorded(fields);

  it('is accepted as its command, without any field that may be left out, and with no other', () => {
    const accepts = commandAcceptance(fact);
    expect([accepts(fact.example.body), accepts(body), accepts({ ...body, more: 1 })]).toEqual([true, true, false]);
    for (const name of Object.keys(body)) {
      const { optional, emptyWhenUnsaid } = fields[name]!.options;
      expect([name, accepts(without(body, name))]).toEqual([name, (optional ?? emptyWhenUnsaid) === true]);
      expect([name, accepts({ ...body, [name]: null })]).toEqual([name, false]);
    }
  });

  it('has a JSON Schema that takes its command', () => {
    const fits = new Ajv2020({ strict: false, validateFormats: false }).compile(commandSchema(fact));
    expect([fits(fact.example.body), fits(body), fits({ ...body, more: 1 })]).toEqual([true, true, false]);
  });

  it('has data that a correction can replace, whole', () => {
    const accepts = replacementAcceptance(fact);
    expect([accepts(data), accepts({ ...data, more: 1 })]).toEqual([true, false]);
    for (const name of namesOf(fields)) {
      expect([name, accepts(without(data, name))]).toEqual([name, fields[name]!.options.optional === true]);
    }
  });

  it('has data that a fold can read, unless one of them is of another kind', () => {
    const fits = recordedForm(fields, namesOf(fields));
    expect([fits(data), fits(null), fits([])]).toEqual([true, false, false]);
    for (const name of namesOf(fields)) {
      expect([name, fits({ ...data, [name]: Symbol('of no kind') })]).toEqual([name, false]);
      expect([name, fits(without(data, name))]).toEqual([name, fields[name]!.options.optional === true]);
    }
  });

  it('can be withheld where it says so, and nowhere else', () => {
    const fits = recordedForm(fields, namesOf(fields));
    const allowed = withholdableInRecord(fact);
    for (const path of allowed)
      expect([path, fits(put(data, path.slice(1).split('/'), WITHHELD))]).toEqual([path, true]);
    // Of objects that need have no field a fold reads what it knows in them: no content, in such a one.
    const looksAt = (name: string): boolean => !['replacement', 'contentGrams'].includes(name);
    for (const name of namesOf(fields).filter(looksAt)) {
      expect([name, fits({ ...data, [name]: WITHHELD })]).toEqual([name, allowed.includes(`/${name}`)]);
    }
    const inReplacement = withholdablePaths(fact, SITE_FACTS).filter((path) => path.startsWith('/replacement/'));
    expect(inReplacement.length > 0).toBe(fact.type === 'RecordCorrected');
  });

  it('is recorded as it was sent, with what the ledger adds', () => {
    const added = Object.fromEntries(
      Object.entries(data).filter(
        ([name, value]) => JSON.stringify(sampleSent(fields)[name]) !== JSON.stringify(value),
      ),
    );
    expect(recordedOf(fact, sampleSent(fields), added)).toEqual(data);
  });

  it('is restated as the command that was sent', () => {
    const target = Object.fromEntries(targetOf(fact).map((name) => [name, 'stream-id']));
    const restatement = restated(fact, 'stream-id', data, body);
    expect(restatement.command).toBe(commandOf(fact));
    expect(Object.keys(restatement.target).sort()).toEqual(Object.keys(target).sort());
    expect(restatement.body).toEqual(body);
    expect(commandAcceptance(fact)(restatement.body)).toBe(true);
    // What somebody has slipped into a record was in no command.
    expect(restated(fact, 'stream-id', { ...data, slipped: 1 }, body).body).toHaveProperty('slipped', 1);
    for (const junk of [{}, ...Object.keys(data).map((name) => ({ ...data, [name]: null }))]) {
      expect(() => restated(fact, 'stream-id', junk, null)).not.toThrow();
    }
  });

  it('belongs to one stream', () => {
    const target = Object.fromEntries(targetOf(fact).map((name) => [name, `the-${name}`]));
    expect(streamIdOf(fact)(target, body)).toBe(opensStream(fact) ? `sample-${fact.stream}Id` : `the-${fact.stream}`);
  });

  it('keeps in a correction what others know it by', () => {
    const { fields: kept, lists } = identityOf(fields);
    expect(namesOf(fields)).toEqual(expect.arrayContaining([...kept, ...lists.map(({ name }) => name)]));
  });
});

it('every fact of a site but corrections is known by something that no correction changes', () => {
  const identities = SITE_FACTS.map(({ type, fields }): [string, Identity] => [type, identityOf(fields)]);
  for (const [type, { fields }] of identities)
    expect([type, fields.length > 0]).toEqual([type, type !== 'RecordCorrected']);
  expect(Object.fromEntries(identities)).toMatchObject({
    SiteOpened: { fields: ['siteId', 'organisationId'], lists: [] },
    BatchRegistered: { fields: ['batchId'], lists: [] },
    BatchesTransformed: { fields: ['transformationId'], lists: [{ name: 'outputs', mayShrink: false }] },
    BatchSplit: { fields: ['batchId'], lists: [{ name: 'parts', mayShrink: false }] },
    BatchesDispatched: {
      fields: ['shipmentId', 'consigneeSiteId'],
      lists: [{ name: 'batches', mayShrink: false }],
    },
    BatchesReceived: { fields: ['shipmentId', 'consignorSiteId'], lists: [{ name: 'batches', mayShrink: true }] },
    ShipmentRefused: { fields: ['shipmentId'], lists: [] },
    ShipmentReturned: { fields: ['shipmentId'], lists: [{ name: 'batches', mayShrink: false }] },
    BatchLabelled: { fields: ['batchId', 'labelId'], lists: [] },
    LabelRemoved: { fields: ['batchId', 'labelId'], lists: [] },
    BatchAssayed: { fields: ['batchId'], lists: [] },
    RecycledContentDeclared: { fields: ['batchId'], lists: [] },
    BatchHeld: { fields: ['batchId', 'authority'], lists: [] },
    BatchReleased: { fields: ['batchId'], lists: [] },
    BatchConsumed: { fields: ['batchId'], lists: [] },
    BatchDisposed: { fields: ['batchId'], lists: [] },
    RecordCorrected: { fields: [], lists: [] },
  });
});
