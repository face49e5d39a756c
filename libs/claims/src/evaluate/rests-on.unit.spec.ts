import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type AttestedRight } from '#attestation';
import { runs } from '../../../../test/properties/runs.js';
import { type Counts, type Programme } from '../programmes/index.js';
import { verdictFrom, ChainWriter, day } from './testing/chain-writer.js';
import { programmeWith } from './testing/programme-files.js';
import { BEGINNING, randomChain, SITES } from './testing/random-chain.js';
import { restsOn } from './rests-on.js';
import { type RestsOn, type Statement } from './rests-on.types.js';

const COUNTS: Counts = {
  classes: ['post-consumer', 'manufacturing-waste'],
  manufacturingWaste: 'any',
  ownWaste: true,
  returned: true,
};
const programme = programmeWith(
  { claim: 'labour', rights: ['child-labour', 'forced-labour'], evidence: 'attestations' },
  { claim: 'control', countries: ['CN'], share: '0.25' },
  {
    claim: 'recycled-content',
    thresholds: { cobalt: '0.3' },
    counts: COUNTS,
    vouched: ['recovered-origin', 'site-facts'],
  },
  { claim: 'origin', minerals: ['cobalt'], countries: ['JP'], threshold: '0.5', vouched: ['site-facts'] },
  { claim: 'trade-terms', parties: ['JP', 'US'], vouched: ['site-facts'] },
);

function basis(writer: ChainWriter, of: Programme, batchId: string, validAt: string, most?: number): RestsOn {
  const question = { batchId, validAt: day(validAt) };
  return restsOn(writer.graph(validAt), writer.standing(), of, question, most)!;
}
const without = (writer: ChainWriter, id: string) =>
  writer.events.filter(({ stream }) => stream !== `attestation-${id}`);

/** A mine that one attestor vouches for until May and another from April on, and works that were audited once. */
function vouchedFor(): ChainWriter {
  const writer = new ChainWriter();
  writer.open('mine', 'AU');
  writer.open('works');
  writer.attest('2025-12-01', 'early', 'mine', ['child-labour'], '2025-12-01', '2026-05-01');
  writer.attest('2025-12-02', 'late', 'mine', ['child-labour'], '2026-04-01', '2027-01-01', { scheme: 'rmap' });
  writer.attest('2025-12-03', 'once', 'works', ['child-labour'], '2026-01-01', '2028-01-01');
  writer.attest('2025-12-04', 'other', 'works', ['forced-labour'], '2026-01-01', '2028-01-01');
  writer.attest('2025-12-05', 'past', 'works', ['child-labour'], '2020-01-01', '2021-01-01');
  writer.attest('2025-12-06', 'own-word', 'mine', ['child-labour'], '2026-01-01', '2027-01-01', { assurance: 'self' });
  writer.register('2026-01-01', 'mine', 'ore', 100, { cobalt: 10 });
  writer.dispatch('2026-06-01', 'mine', 'works', 'ore');
  writer.receive('2026-06-05', 'works', 'mine', 'ore', 100);
  return writer;
}
const LABOUR = programmeWith({ claim: 'labour', rights: ['child-labour'], evidence: 'attestations' });

describe('what a verdict rests on', () => {
  it('are the statements that cover the custody, and what would be missing without each', () => {
    const { claims, truncated } = basis(vouchedFor(), LABOUR, 'ore', '2026-08-01');
    expect(truncated).toBe(false);
    expect(claims).toHaveLength(1);
    expect(claims[0]).toMatchObject({ claim: 'labour', right: 'child-labour' });
    const gap = { verdict: 'unproven', because: 'attestation-gap', batchId: 'ore' };
    const statement = { issuerOrganisationId: 'auditor', scheme: 'irma', assurance: 'third-party', siteId: 'mine' };
    expect(claims[0]!.statements).toEqual([
      {
        ...statement,
        attestationId: 'early',
        from: day('2025-12-01'),
        until: day('2026-05-01'),
        missing: { ...gap, siteId: 'mine', from: day('2026-01-01'), until: day('2026-04-01') },
      },
      {
        ...statement,
        attestationId: 'late',
        scheme: 'rmap',
        from: day('2026-04-01'),
        until: day('2027-01-01'),
        missing: { ...gap, siteId: 'mine', from: day('2026-05-01'), until: day('2026-06-01') },
      },
      {
        ...statement,
        siteId: 'works',
        attestationId: 'once',
        from: day('2026-01-01'),
        until: day('2028-01-01'),
        missing: { ...gap, siteId: 'works', from: day('2026-06-05'), until: day('2026-08-01') },
      },
    ]);
  });

  it('lists of two that cover the same both, each of which may fall', () => {
    const writer = vouchedFor();
    writer.attest('2025-12-07', 'again', 'works', ['child-labour'], '2026-01-01', '2028-01-01');
    const [line] = basis(writer, LABOUR, 'ore', '2026-08-01').claims;
    const missing = new Map(line!.statements.map((each) => [each.attestationId, each.missing]));
    expect(missing.get('once')).toEqual({ verdict: 'holds' });
    expect(missing.get('again')).toEqual({ verdict: 'holds' });
  });

  it('says how much of a share would still be proven', () => {
    const writer = new ChainWriter();
    for (const siteId of ['a', 'b']) {
      writer.open(siteId);
      writer.attest('2025-12-01', `of-${siteId}`, siteId, ['site-facts'], '2025-12-01', '2027-01-01');
      writer.register('2026-01-01', siteId, siteId, 50, { cobalt: 10 });
    }
    writer.dispatch('2026-01-02', 'a', 'b', 'a');
    writer.receive('2026-01-03', 'b', 'a', 'a', 50);
    writer.transform('2026-01-04', 'b', { a: 50, b: 50 }, { both: [100, { cobalt: 20 }] });
    const origin = programmeWith({
      claim: 'origin',
      minerals: ['cobalt'],
      countries: ['JP'],
      threshold: '0.6',
      vouched: ['site-facts'],
    });
    const [line] = basis(writer, origin, 'both', '2026-02-01').claims;
    expect(line!.statements.map(({ attestationId, missing }) => [attestationId, missing])).toEqual([
      ['of-a', { verdict: 'unproven', lower: '0.500000', because: 'not-vouched', batchId: 'a', siteId: 'a' }],
      ['of-b', { verdict: 'unproven', lower: '0.500000', because: 'not-vouched', batchId: 'b', siteId: 'b' }],
    ]);
  });

  it('lists a statement that vouches for a part of a share which the undecided rest alone could lift', () => {
    const writer = new ChainWriter();
    for (const siteId of ['a', 'b']) writer.open(siteId);
    writer.attest('2025-12-01', 'of-a', 'a', ['site-facts'], '2025-12-01', '2027-01-01');
    writer.register('2026-01-01', 'a', 'a', 50, { cobalt: 10 });
    writer.register('2026-01-01', 'b', 'b', 50, { cobalt: 30 }, { origin: { kind: 'undocumented' } });
    writer.dispatch('2026-01-02', 'a', 'b', 'a');
    writer.receive('2026-01-03', 'b', 'a', 'a', 50);
    writer.transform('2026-01-04', 'b', { a: 50, b: 50 }, { both: [100, { cobalt: 40 }] });
    const origin = programmeWith({
      claim: 'origin',
      minerals: ['cobalt'],
      countries: ['JP'],
      threshold: '0.5',
      vouched: ['site-facts'],
    });
    const [line] = basis(writer, origin, 'both', '2026-02-01').claims;
    expect(line?.statements.map(({ attestationId, missing }) => [attestationId, missing])).toEqual([
      ['of-a', { verdict: 'unproven', lower: '0.000000' }],
    ]);
  });

  it('tries so many statements and says that there are more', () => {
    const { claims, truncated } = basis(vouchedFor(), LABOUR, 'ore', '2026-08-01', 2);
    expect(claims[0]!.statements.map(({ attestationId }) => attestationId)).toEqual(['early', 'late']);
    expect(truncated).toBe(true);
  });

  it('is nothing of a batch that the graph does not know', () => {
    const writer = vouchedFor();
    const question = { batchId: 'none', validAt: day('2026-08-01') };
    expect(restsOn(writer.graph('2026-08-01'), writer.standing(), LABOUR, question)).toBeUndefined();
  });

  it('without a listed statement is as it says; without one that is not listed it is as before', () => {
    const RIGHTS: AttestedRight[] = ['child-labour', 'forced-labour', 'control', 'site-facts', 'recovered-origin'];
    const attested = fc.record({
      siteId: fc.constantFrom(...SITES),
      rights: fc.subarray(RIGHTS, { minLength: 1 }),
      from: fc.integer({ min: -10, max: 300 }),
      hours: fc.integer({ min: 1, max: 500 }),
      suspendedAfter: fc.option(fc.nat(300)),
    });
    const seen = { listed: 0, decisive: 0, redundant: 0, unlisted: 0 };
    const at = (hours: number): string => new Date(BEGINNING + hours * 3_600_000).toISOString();
    fc.assert(
      fc.property(
        randomChain(6),
        fc.array(attested, { minLength: 1, maxLength: 8 }),
        ({ writer, trails, end }, all) => {
          for (const siteId of SITES)
            writer.declareControl('2020-01-02', `org-${siteId}`, { kind: 'jurisdiction', country: 'JP', share: '1' });
          const changed = new Set<string>();
          for (const [index, { siteId, rights, from, hours, suspendedAfter }] of all.entries()) {
            writer.attest('2024-12-01', `a${index}`, siteId, rights, at(from), at(from + hours));
            if (suspendedAfter === null) continue;
            changed.add(`a${index}`);
            writer.change('2024-12-02', `a${index}`, 'Suspended', at(from + suspendedAfter));
          }
          for (const batchId of trails.keys()) {
            const now = writer.ask(programme, batchId, end);
            const { claims } = basis(writer, programme, batchId, end);
            for (const index of all.keys()) {
              const id = `a${index}`;
              const fallen = verdictFrom(without(writer, id), programme, { batchId, validAt: end });
              for (const [place, line] of now.claims.entries()) {
                const listed: Statement | undefined = claims
                  .find(
                    ({ claim, right, mineral }) =>
                      claim === line.claim && right === line.right && mineral === line.mineral,
                  )
                  ?.statements.find(({ attestationId }) => attestationId === id);
                const { verdict } = fallen.claims[place]!;
                if (listed !== undefined) {
                  expect(listed.missing.verdict).toBe(verdict);
                  seen.listed++;
                  if (verdict !== line.verdict) seen.decisive++;
                  else seen.redundant++;
                } else if (!changed.has(id)) {
                  expect(fallen.claims[place]).toEqual(line);
                  seen.unlisted++;
                }
              }
            }
          }
        },
      ),
      runs(150),
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
  });
});
