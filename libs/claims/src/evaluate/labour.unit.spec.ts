import { describe, expect, it } from '@jest/globals';
import { ChainWriter, day } from './testing/chain-writer.js';
import { programmeWith } from './testing/programme-files.js';

const AT = '2026-01-01';
const labour = programmeWith({ claim: 'labour', rights: ['child-labour'], evidence: 'attestations' });
const findings = programmeWith({ claim: 'labour', rights: ['child-labour'], evidence: 'findings' });
const water = programmeWith({ claim: 'environment', criteria: ['water'] });

/** `ore` lies at the mine from January to March, `x`, made of it, at the plant from April on. */
function chain(): ChainWriter {
  const writer = new ChainWriter();
  writer.open('mine');
  writer.open('plant');
  writer.register('2025-01-01', 'mine', 'ore', 100, { cobalt: 50 });
  writer.dispatch('2025-03-01', 'mine', 'plant', 'ore');
  writer.receive('2025-04-01', 'plant', 'mine', 'ore', 100);
  writer.transform('2025-04-01', 'plant', { ore: 100 }, { x: [90, { cobalt: 50 }] });
  return writer;
}
function covered(): ChainWriter {
  const writer = chain();
  writer.attest('2025-01-01', 'a-mine', 'mine', ['child-labour', 'water'], '2025-01-01', '2025-03-01');
  writer.attest('2025-01-01', 'a-plant', 'plant', ['child-labour', 'water'], '2025-03-15', '2027-01-01');
  return writer;
}

describe.each([
  ['labour', 'child-labour', labour],
  ['environment', 'water', water],
] as const)('%s', (claim, right, programme) => {
  it('holds while every custody is covered without a gap, transit apart', () => {
    expect(covered().ask(programme, 'x', AT)).toMatchObject({
      verdict: 'holds',
      claims: [{ claim, right, verdict: 'holds' }],
      reasons: [],
    });
  });

  it('holds over attestations that meet, is unproven over a gap between them', () => {
    const writer = chain();
    writer.attest('2025-01-01', 'plant', 'plant', [right], '2025-04-01', '2027-01-01');
    writer.attest('2025-01-01', 'a1', 'mine', [right], '2024-01-01', '2025-02-01');
    const gap = {
      because: 'attestation-gap',
      batchId: 'ore',
      siteId: 'mine',
      from: day('2025-02-01'),
      until: day('2025-03-01'),
    };
    expect(writer.ask(programme, 'x', AT)).toMatchObject({
      verdict: 'unproven',
      reasons: [{ right, ...gap, eventIds: ['e2'] }],
    });
    writer.attest('2025-01-01', 'a2', 'mine', [right], '2025-02-01', '2025-02-20');
    writer.attest('2025-01-01', 'a3', 'mine', [right], '2025-02-10', '2025-03-01');
    expect(writer.ask(programme, 'x', AT).verdict).toBe('holds');
  });

  it('is broken by a revocation dated back, also before it was decided', () => {
    const writer = covered();
    const revoked = writer.change('2025-12-01', 'a-mine', 'Revoked', '2025-02-01');
    expect(writer.ask(programme, 'x', AT)).toMatchObject({
      verdict: 'broken',
      reasons: [
        {
          because: 'attestation-revoked',
          batchId: 'ore',
          siteId: 'mine',
          from: day('2025-02-01'),
          until: day('2025-03-01'),
          eventIds: [revoked.id],
        },
      ],
    });
    expect(writer.ask(programme, 'x', '2025-11-30T23:59:59.999Z').verdict).toBe('broken');
    expect(writer.ask(programme, 'ore', '2025-02-01').verdict).toBe('holds');
  });

  it('is broken by a suspension over the custody, and not by one beside it', () => {
    const writer = covered();
    const suspended = writer.change('2025-12-01', 'a-mine', 'Suspended', '2025-02-01');
    writer.change('2025-12-01', 'a-mine', 'Reinstated', '2025-02-02');
    expect(writer.ask(programme, 'x', AT)).toMatchObject({
      verdict: 'broken',
      reasons: [
        {
          because: 'attestation-suspended',
          from: day('2025-02-01'),
          until: day('2025-02-02'),
          eventIds: [suspended.id],
        },
      ],
    });
    const beside = covered();
    beside.change('2025-12-01', 'a-plant', 'Suspended', '2025-03-20');
    beside.change('2025-12-01', 'a-plant', 'Reinstated', '2025-04-01');
    expect(beside.ask(programme, 'x', AT).verdict).toBe('holds');
  });
});

describe('an accreditation', () => {
  function attested(): ChainWriter {
    const writer = chain();
    writer.accredit('2024-01-01', '2024-01-01');
    writer.attest('2025-01-01', 'a-mine', 'mine', ['child-labour'], '2025-01-01', '2025-03-01');
    writer.attest('2025-01-01', 'a-plant', 'plant', ['child-labour'], '2025-03-15', '2027-01-01');
    return writer;
  }

  it('that is withdrawn takes the cover from its from on, whenever it is recorded', () => {
    const writer = attested();
    expect(writer.ask(labour, 'x', AT).verdict).toBe('holds');
    const withdrawn = writer.withdraw('2025-12-01', '2025-05-01');
    expect(writer.ask(labour, 'x', AT)).toMatchObject({
      verdict: 'broken',
      reasons: [
        { because: 'accreditation-withdrawn', siteId: 'plant', from: day('2025-05-01'), eventIds: [withdrawn.id] },
      ],
    });
    expect(writer.ask(labour, 'x', '2025-05-01').verdict).toBe('holds');
    expect(writer.ask(labour, 'x', '2025-06-01').verdict).toBe('broken');
    expect(writer.ask(labour, 'ore', '2025-02-01').verdict).toBe('holds');
  });

  it('that was withdrawn in advance does so too, and what was granted since brings only new attestations', () => {
    const writer = chain();
    writer.accredit('2024-01-01', '2024-01-01');
    writer.withdraw('2024-06-01', '2025-05-01');
    writer.attest('2025-01-01', 'a-mine', 'mine', ['child-labour'], '2025-01-01', '2025-03-01');
    writer.attest('2025-01-01', 'a-plant', 'plant', ['child-labour'], '2025-03-15', '2027-01-01');
    writer.accredit('2025-06-01', '2025-05-01');
    expect(writer.ask(labour, 'x', AT).verdict).toBe('broken');
    writer.attest('2025-06-02', 'anew', 'plant', ['child-labour'], '2025-05-01', '2027-01-01');
    expect(writer.ask(labour, 'x', AT).verdict).toBe('holds');
  });

  it('of which another one stood at the issue leaves the cover as it was', () => {
    const writer = chain();
    writer.accredit('2024-01-01', '2024-01-01');
    writer.withdraw('2024-06-01', '2025-05-01');
    writer.accredit('2024-07-01', '2024-07-01');
    writer.attest('2025-01-01', 'a-mine', 'mine', ['child-labour'], '2025-01-01', '2025-03-01');
    writer.attest('2025-01-01', 'a-plant', 'plant', ['child-labour'], '2025-03-15', '2027-01-01');
    expect(writer.ask(labour, 'x', AT).verdict).toBe('holds');
  });

  it('of another scheme or attestor says nothing', () => {
    const writer = attested();
    writer.withdraw('2025-12-01', '2025-01-01', 'rmap');
    writer.withdraw('2025-12-01', '2025-01-01', 'irma', 'other');
    expect(writer.ask(labour, 'x', AT).verdict).toBe('holds');
  });
});

describe('a self-declaration', () => {
  it('proves nothing', () => {
    const writer = covered();
    writer.attest('2025-01-01', 'b', 'mine', ['child-labour'], '2025-01-01', '2025-03-01', { assurance: 'self' });
    expect(writer.ask(labour, 'x', AT).verdict).toBe('holds');
    const alone = chain();
    for (const site of ['mine', 'plant'])
      alone.attest('2025-01-01', site, site, ['child-labour'], '2025-01-01', '2027-01-01', { assurance: 'self' });
    expect(alone.ask(labour, 'x', AT)).toMatchObject({ verdict: 'unproven' });
    for (const site of ['mine', 'plant'])
      alone.attest('2025-01-01', `${site}-2`, site, ['child-labour'], '2025-01-01', '2027-01-01', {
        assurance: 'second-party',
      });
    expect(alone.ask(labour, 'x', AT).verdict).toBe('holds');
  });
});

describe('validity in days', () => {
  it('lasts to the end of the day, and the last millisecond of a day leaves no gap to the next', () => {
    for (const until of ['2025-01-31', '2025-01-31T23:59:59.999Z', '2025-02-01T00:00:00.000Z']) {
      const writer = chain();
      writer.attest('2025-01-01', 'a1', 'mine', ['child-labour'], '2025-01-01', '2025-01-02');
      writer.write('attestation-b1', 'AttestationIssued', '2025-01-01', {
        ...(writer.events.at(-1)!.data as object),
        attestationId: 'b1',
        validFrom: '2025-01-01',
        validUntil: until,
      });
      writer.attest('2025-01-01', 'b2', 'mine', ['child-labour'], '2025-02-01', '2025-03-01');
      writer.attest('2025-01-01', 'plant', 'plant', ['child-labour'], '2025-04-01', '2027-01-01');
      expect(writer.ask(labour, 'x', AT).verdict).toBe('holds');
    }
  });
});

describe('labour', () => {
  it('names the one revocation that explains most, and no other', () => {
    const writer = chain();
    writer.attest('2025-01-01', 'plant', 'plant', ['child-labour'], '2025-04-01', '2027-01-01');
    writer.attest('2025-01-01', 'a1', 'mine', ['child-labour'], '2025-01-01', '2025-02-01');
    writer.attest('2025-01-01', 'a2', 'mine', ['child-labour'], '2025-02-01', '2025-03-01');
    writer.attest('2025-01-01', 'a3', 'mine', ['child-labour'], '2025-01-01', '2025-03-01');
    writer.change('2025-12-01', 'a1', 'Revoked', '2025-01-01');
    writer.change('2025-12-01', 'a2', 'Revoked', '2025-02-01');
    const long = writer.change('2025-12-01', 'a3', 'Revoked', '2025-01-01');
    expect(writer.ask(labour, 'x', AT).reasons).toMatchObject([
      { because: 'attestation-revoked', from: day('2025-01-01'), until: day('2025-03-01'), eventIds: [long.id] },
    ]);
  });

  it('asks nothing of an instant: received and used up at once', () => {
    const writer = covered();
    writer.open('yard');
    writer.dispatch('2025-05-01', 'plant', 'yard', 'x');
    writer.receive('2025-06-01', 'yard', 'plant', 'x', 90);
    writer.transform('2025-06-01', 'yard', { x: 90 }, { y: [80, { cobalt: 50 }] });
    expect(writer.ask(labour, 'y', '2025-06-01').verdict).toBe('holds');
    expect(writer.ask(labour, 'y', '2025-06-01T00:00:00.001Z').verdict).toBe('unproven');
  });

  it.each([labour, findings])('is broken by a substantiated finding that overlaps, up to its end', (programme) => {
    const writer = covered();
    writer.raise('2025-06-01', 'c', 'mine', ['child-labour']);
    writer.investigate('2025-06-02', 'c');
    const found = writer.find('2025-06-03', 'c', true, ['child-labour'], '2024-01-01', '2025-01-02');
    expect(writer.ask(programme, 'x', AT)).toMatchObject({
      verdict: 'broken',
      reasons: [
        { because: 'finding', siteId: 'mine', from: day('2025-01-01'), until: day('2025-01-02'), eventIds: [found.id] },
      ],
    });
    expect(writer.ask(programme, 'x', '2025-06-02').verdict).toBe('broken');
  });

  it('is not concerned by findings before or after the custody, unsubstantiated, or of another right', () => {
    const writer = covered();
    writer.raise('2025-06-01', 'c', 'mine', ['child-labour', 'discrimination']);
    writer.investigate('2025-06-02', 'c');
    writer.find('2025-06-03', 'c', true, ['child-labour'], '2024-01-01', '2025-01-01');
    writer.find('2025-06-03', 'c', true, ['child-labour'], '2025-03-01', '2025-04-01');
    writer.find('2025-06-03', 'c', true, ['discrimination'], '2025-01-01');
    writer.find('2025-06-03', 'c', false, ['child-labour'], '2025-01-01');
    expect(writer.ask(labour, 'x', AT).verdict).toBe('holds');
  });

  it('ends a finding without an end with the accepted remediation', () => {
    const writer = covered();
    writer.raise('2024-01-01', 'c', 'mine', ['child-labour']);
    writer.investigate('2024-01-02', 'c');
    writer.find('2024-01-03', 'c', true, ['child-labour'], '2023-01-01');
    expect(writer.ask(labour, 'x', AT).verdict).toBe('broken');
    writer.remedy('2025-01-01', 'c');
    expect(writer.ask(labour, 'x', AT).verdict).toBe('holds');
  });

  it('is unproven while an investigation of what was in custody is open, and no longer', () => {
    const opened = (at: string): ChainWriter => {
      const writer = covered();
      writer.raise('2024-01-01', 'c', 'mine', ['child-labour']);
      writer.investigate(at, 'c');
      return writer;
    };
    const writer = opened('2025-02-01');
    expect(writer.ask(labour, 'x', AT).reasons).toMatchObject([
      { verdict: 'unproven', because: 'investigation-open', from: day('2025-02-01'), until: day('2025-03-01') },
    ]);
    expect(opened('2025-03-01').ask(labour, 'x', AT).verdict).toBe('holds');
    const ended = opened('2025-02-01');
    ended.find('2025-02-20', 'c', false, ['child-labour'], '2025-02-01');
    expect(ended.ask(labour, 'x', AT).verdict).toBe('holds');
    const closed = opened('2024-06-01');
    closed.close('2025-01-01', 'c');
    expect(closed.ask(labour, 'x', AT).verdict).toBe('holds');
    const cleared = opened('2024-06-01');
    cleared.find('2025-01-01', 'c', false, ['child-labour'], '2024-01-01');
    expect(cleared.ask(labour, 'x', AT).verdict).toBe('holds');
  });

  it('stands until its cover ends, and a millisecond', () => {
    const writer = covered();
    const until = writer.ask(labour, 'x', AT).standsUntil;
    expect(until).toBe('2027-01-01T00:00:00.001Z');
    expect(writer.ask(labour, 'x', '2027-01-01').verdict).toBe('holds');
    expect(writer.ask(labour, 'x', until ?? '').verdict).toBe('unproven');
    writer.consume('2026-06-01', 'plant', 'x', 90);
    expect(writer.ask(labour, 'x', '2026-06-01').standsUntil).toBeUndefined();
  });
});
