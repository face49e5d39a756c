/** Attempts to improve a verdict by a correction, and what honest participants who mistyped do in the same situations. */
import { describe, expect, it } from '@jest/globals';
import { type GraphEvent } from '../graph/index.js';
import { type Counts, type Programme } from '../programmes/index.js';
import { ChainWriter } from './testing/chain-writer.js';
import { programmeWith } from './testing/programme-files.js';

const EU_COUNTS: Counts = {
  classes: ['post-consumer', 'manufacturing-waste'],
  manufacturingWaste: 'any',
  ownWaste: false,
  returned: false,
};
const PROGRAMMES = {
  recycled: programmeWith({ claim: 'recycled-content', thresholds: { cobalt: '0.5' }, counts: EU_COUNTS }),
  origin: programmeWith({ claim: 'origin', minerals: ['cobalt'], countries: ['AU', 'JP'], threshold: '0.9' }),
  terms: programmeWith({ claim: 'trade-terms', parties: ['JP', 'US'] }),
  model: programmeWith({ claim: 'chain-of-custody' }),
  custody: programmeWith({ claim: 'custody' }),
  labour: programmeWith({ claim: 'labour', rights: ['child-labour'], evidence: 'attestations' }),
  balance: programmeWith({ claim: 'mass-balance' }),
};
type Name = keyof typeof PROGRAMMES;
const at = '2026-12-01';

/** A mine, where no one attests, a works with two ores, and a maker in another country to which the metal goes. */
class Chain {
  readonly writer = new ChainWriter();
  readonly mine = this.writer.open('mine', 'CD');
  readonly works = this.writer.open('works', 'JP');
  readonly ore = this.writer.register('2026-01-01', 'mine', 'ore', 100, { cobalt: 50 });
  readonly other: GraphEvent;
  readonly refined: GraphEvent;

  constructor(model: 'controlled-blending' | 'identity-preserved' = 'controlled-blending') {
    const { writer } = this;
    writer.open('maker', 'US');
    writer.attest('2026-01-01', 'a-works', 'works', ['child-labour'], '2025-01-01', '2030-01-01');
    writer.attest('2026-01-01', 'a-maker', 'maker', ['child-labour'], '2025-01-01', '2030-01-01');
    writer.dispatch('2026-01-02', 'mine', 'works', 'ore');
    writer.receive('2026-01-03', 'works', 'mine', 'ore', 100);
    this.other = writer.register('2026-01-04', 'works', 'other', 100, { cobalt: 50 });
    const more = { model, process: 'refining' };
    this.refined = writer.transform('2026-02-01', 'works', { ore: 100 }, { metal: [60, { cobalt: 50 }] }, more);
    writer.dispatch('2026-02-02', 'works', 'maker', 'metal', {
      tradeTerms: { exportDuty: true, quantitativeRestriction: false },
    });
    writer.receive('2026-02-03', 'maker', 'works', 'metal', 60);
  }

  ask(programme: Programme): readonly [verdict: string, ...because: string[]] {
    const { verdict, reasons } = this.writer.ask(programme, 'metal', at);
    return [verdict, ...reasons.map(({ because, eventIds }) => `${because} ${eventIds.join(' ')}`)];
  }
}

const swapInput = { inputs: [{ batchId: 'other', grossGrams: 100 }] };

/** What is attacked, the record that is corrected, what it is corrected to say, and the verdict before. */
const ATTACKS: readonly [string, Name, (chain: Chain) => GraphEvent, Record<string, unknown>, string][] = [
  ['mined ore becomes collected waste', 'recycled', ({ ore }) => ore, { origin: { kind: 'end-of-life' } }, 'broken'],
  ['the country of a site', 'origin', ({ mine }) => mine, { country: 'AU' }, 'broken'],
  ['the country of an origin', 'origin', ({ ore }) => ore, { origin: { kind: 'extracted', country: 'AU' } }, 'broken'],
  ['the batches that something was made of', 'origin', ({ refined }) => refined, swapInput, 'broken'],
  ['the mine without an auditor is in no chain', 'labour', ({ refined }) => refined, swapInput, 'unproven'],
  ['a party becomes a stranger', 'terms', ({ works }) => works, { country: 'KR' }, 'broken'],
];

describe('a correction of what verdicts rest on', () => {
  it.each(ATTACKS)('proves nothing: %s', (_, name, recordOf, changes, before) => {
    const programme = PROGRAMMES[name];
    const chain = new Chain();
    expect(chain.ask(programme)[0]).toBe(before);
    const correction = chain.writer.correct('2026-06-01', recordOf(chain), changes);
    const [verdict, ...because] = chain.ask(programme);
    // The rule does not judge a duty between countries that are no parties: what is not judged is not proven either.
    expect([verdict, because]).toEqual(['unproven', [`correction-unconfirmed ${correction.id}`]]);
  });

  it.each(ATTACKS)('holds once others have confirmed it: %s', (_, name, recordOf, changes) => {
    const chain = new Chain();
    const correction = chain.writer.correct('2026-06-01', recordOf(chain), changes);
    chain.writer.confirm('2026-06-02', correction);
    expect(chain.ask(PROGRAMMES[name])).toEqual(['holds']);
  });

  it('proves nothing of scrap, which recycling makes waste of', () => {
    const writer = new ChainWriter();
    writer.open('maker', 'JP', 'acme');
    writer.open('toll', 'KR', 'tollers');
    writer.register('2026-01-01', 'maker', 'ore', 100, { cobalt: 100 });
    const made = writer.transform('2026-01-02', 'maker', { ore: 100 }, { product: [100, { cobalt: 100 }] });
    writer.dispatch('2026-01-03', 'maker', 'toll', 'product');
    writer.receive('2026-01-04', 'toll', 'maker', 'product', 100);
    writer.transform(
      '2026-01-05',
      'toll',
      { product: 100 },
      { metal: [100, { cobalt: 100 }] },
      { process: 'recycling' },
    );
    const ask = () => writer.ask(PROGRAMMES.recycled, 'metal', at);
    expect(ask().verdict).toBe('broken');
    const outputs = [
      { batchId: 'product', material: 'polymetallic-concentrate', grossGrams: 100, contentGrams: { cobalt: 100 } },
    ];
    const scrap = writer.correct('2026-06-01', made, {
      outputs: outputs.map((output) => ({ ...output, scrap: true })),
    });
    expect(ask()).toMatchObject({
      verdict: 'unproven',
      claims: [{ lower: '1.000000' }],
      reasons: [{ because: 'correction-unconfirmed', eventIds: [scrap.id] }],
    });
    writer.confirm('2026-06-02', scrap);
    expect(ask().verdict).toBe('holds');
    // Undoing it is another correction of what was confirmed, and the verdict is no better than before.
    writer.correct('2026-06-03', made, { outputs });
    expect(ask().verdict).toBe('broken');
  });

  it('proves nothing of the process, nor of the model that was declared', () => {
    const writer = new ChainWriter();
    writer.open('works', 'JP');
    const made: GraphEvent[] = [];
    writer.register('2026-01-01', 'works', 'cells', 100, { cobalt: 50 }, { origin: { kind: 'end-of-life' } });
    writer.register('2026-01-01', 'works', 'ore', 100, { cobalt: 50 });
    made.push(
      writer.transform(
        '2026-01-02',
        'works',
        { cells: 100, ore: 100 },
        { metal: [150, { cobalt: 100 }] },
        { model: 'segregated' },
      ),
    );
    expect(writer.ask(PROGRAMMES.model, 'metal', at).verdict).toBe('broken');
    const model = writer.correct('2026-06-01', made[0]!, { chainOfCustody: 'controlled-blending' });
    expect(writer.ask(PROGRAMMES.model, 'metal', at)).toMatchObject({
      verdict: 'unproven',
      reasons: [{ because: 'correction-unconfirmed', eventIds: [model.id] }],
    });
    expect(writer.ask(PROGRAMMES.recycled, 'metal', at).verdict).toBe('holds');
  });

  it('makes nothing of what is wrong', () => {
    const chain = new Chain();
    chain.writer.correct('2026-06-01', chain.ore, { origin: { kind: 'extracted', country: 'ZM' } });
    expect(chain.ask(PROGRAMMES.origin)[0]).toBe('broken');
  });

  it('is known from when it was recorded, and its confirmation likewise, whenever they say they occurred', () => {
    const chain = new Chain();
    const { writer } = chain;
    const correction = writer.correct('2026-06-01', chain.mine, { country: 'AU' });
    writer.confirm('2027-06-02', correction);
    const knowing = (last: number) => {
      const then = new ChainWriter();
      then.events.push(...writer.events.slice(0, last));
      return then.ask(PROGRAMMES.origin, 'metal', at).verdict;
    };
    const { length } = writer.events;
    expect([knowing(length), knowing(length - 1), knowing(length - 2)]).toEqual(['holds', 'unproven', 'broken']);
  });
});

describe('honest members', () => {
  it.each([
    ['correct masses', { grossGrams: 99 }],
    ['correct content', { contentGrams: { cobalt: 49 } }],
    ['correct words', { material: 'cobalt-concentrate' }],
  ])('%s as they always did', (_, changes) => {
    const chain = new Chain();
    const before = chain.ask(PROGRAMMES.custody);
    chain.writer.correct('2026-06-01', chain.ore, changes);
    for (const name of ['origin', 'custody', 'recycled'] as const)
      expect(chain.ask(PROGRAMMES[name]).join()).not.toContain('correction-unconfirmed');
    expect(before).toEqual(['holds']);
  });

  it('keep the other verdicts of a batch, and those of batches that the correction is not in', () => {
    const chain = new Chain();
    chain.writer.correct('2026-06-01', chain.mine, { country: 'AU' });
    expect(chain.ask(PROGRAMMES.custody)).toEqual(['holds']);
    expect(chain.ask(PROGRAMMES.balance)).toEqual(['holds']);
    expect(chain.writer.ask(PROGRAMMES.origin, 'other', at).verdict).toBe('holds');
  });

  it('keep the verdict on a mineral that the corrected batch had nothing of', () => {
    const { writer, ore } = new Chain();
    writer.register('2026-03-01', 'maker', 'nickel', 10, { nickel: 5 }, { origin: { kind: 'end-of-life' } });
    writer.transform('2026-03-02', 'maker', { metal: 60, nickel: 10 }, { alloy: [70, { cobalt: 50, nickel: 5 }] });
    writer.correct('2026-06-01', ore, { origin: { kind: 'end-of-life' } });
    const both = programmeWith({
      claim: 'recycled-content',
      thresholds: { cobalt: '0.5', nickel: '0.5' },
      counts: EU_COUNTS,
    });
    expect(writer.ask(both, 'alloy', at).claims.map(({ mineral, verdict }) => [mineral, verdict])).toEqual([
      ['cobalt', 'unproven'],
      ['nickel', 'holds'],
    ]);
  });
});
