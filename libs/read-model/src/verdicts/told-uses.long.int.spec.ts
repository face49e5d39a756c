import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type KyselyPlugin, type QueryResult, type UnknownRow } from 'kysely';
import { type GraphEvent } from '#claims';
import { MemoryEventStore } from '#event-store';
import { LedgerWriter } from '../../../claims/src/graph/testing/ledger-writer.js';
import { busyStock, madeStock, mixed, refined } from '../testing/busy-stock.js';
import { EventLog, graphEventsOf, type Told } from '../testing/event-log.js';
import { expected, judged, NOW, stored } from '../testing/judged-verdicts.js';
import { contentsOf, withViews } from '../testing/views-folder.js';
import { type Views } from '../views/views.js';
import { runs } from '../../../../test/properties/runs.js';

const STREAM = 'site-works';
/** Every batch that was used at all is examined in parts. */
const IN_PARTS = { fewFlows: 1 };
const WHOLE = { fewFlows: 1_000_000 };
const nothing = async (): Promise<void> => undefined;

type Kind = 'refine' | 'mix' | 'split' | 'label' | 'assay' | 'attest' | 'suspend' | 'reinstate' | 'correct';
const kinds: Kind[] = [
  'refine',
  'mix',
  'mix',
  'split',
  'assay',
  'label',
  'assay',
  'attest',
  'suspend',
  'reinstate',
  'correct',
];

/** What the stock is, or is made from: who registered it, and what. */
interface Source {
  readonly siteId: string;
  readonly eventId: string;
  readonly registered: object;
}

/** One more fact about the stock of the works, or about the site that it comes from. */
function facts(kind: Kind, number: number, source: Source): Told[] {
  return kind === 'mix' ? mixed(number) : [fact(kind, number, source)];
}

function fact(kind: Exclude<Kind, 'mix'>, number: number, { siteId, eventId, registered }: Source): Told {
  const attestation = 'attestation-a';
  switch (kind) {
    case 'refine':
      return refined(number);
    case 'split': {
      const parts = ['a', 'b'].map((part) => ({ batchId: `part-${number}-${part}`, grossGrams: 50 }));
      return { stream: STREAM, type: 'BatchSplit', data: { batchId: 'stock', parts } };
    }
    case 'label': {
      const data = { batchId: 'stock', labelId: `l${number}`, standard: 'gs1-128', carrier: 'barcode', value: 'l' };
      return { stream: STREAM, type: 'BatchLabelled', data };
    }
    case 'assay': {
      const data = { batchId: 'stock', contentGrams: { cobalt: 11_000_000 + number }, method: 'XRF' };
      return { stream: STREAM, type: 'BatchAssayed', data };
    }
    case 'attest':
      return {
        stream: attestation,
        type: 'AttestationIssued',
        data: {
          attestationId: 'a',
          scheme: 'rmap',
          siteId,
          rights: ['child-labour', 'forced-labour', 'site-facts', 'recovered-origin'],
          validFrom: '2020-01-01',
          validUntil: '2040-01-01',
          issuerOrganisationId: 'auditor',
          documentSha256: '0'.repeat(64),
          assurance: 'third-party',
        },
      };
    case 'suspend':
    case 'reinstate': {
      const data = { from: '2020-01-02T00:00:00.000Z', reason: 'looked at' };
      return { stream: attestation, type: kind === 'suspend' ? 'AttestationSuspended' : 'AttestationReinstated', data };
    }
    case 'correct': {
      const replacement = { ...registered, origin: { kind: number % 2 === 0 ? 'undocumented' : 'extracted' } };
      return { stream: `site-${siteId}`, type: 'RecordCorrected', data: { eventId, reason: 'mistyped', replacement } };
    }
  }
}

describe('What a batch gave on by its past uses', () => {
  it('is, piece by piece and looked at in parts, what it is when all is judged at once', async () => {
    const told = fc.array(fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 3 }), {
      minLength: 2,
      maxLength: 9,
    });
    await fc.assert(
      fc.asyncProperty(told, fc.boolean(), async (pieces, isMade) => {
        const store = new MemoryEventStore();
        const log = new EventLog(store);
        for (const each of isMade ? madeStock() : busyStock(3)) await log.tell(each);
        const source = sourceOf(await graphEventsOf(store.readAll()));
        let number = 100;
        let isAttested = false;
        await withViews(async (views) => {
          await judged(store, views, nothing, IN_PARTS);
          for (const piece of pieces) {
            for (const kind of piece) {
              if (kind === 'attest' ? isAttested : !isAttested && (kind === 'suspend' || kind === 'reinstate'))
                continue;
              isAttested ||= kind === 'attest';
              for (const each of facts(kind, number++, source)) await log.tell(each);
            }
            await judged(store, views, nothing, IN_PARTS);
            expect(await stored(views)).toEqual(expected(await graphEventsOf(store.readAll()), NOW));
          }
          await withViews(async (atOnce) => {
            await judged(store, atOnce, nothing, WHOLE);
            expect(await summariesOf(views)).toEqual(await summariesOf(atOnce));
          });
        });
      }),
      runs(6, 150),
    );
  });

  it('is looked at again where another content makes another share of it', async () => {
    const store = new MemoryEventStore();
    const log = new EventLog(store);
    for (const each of madeStock()) await log.tell(each);
    const source = sourceOf(await graphEventsOf(store.readAll()));
    const pieces: Kind[][] = [['attest', 'mix', 'mix'], ['label'], ['assay'], ['label']];
    await withViews(async (views) => {
      for (const [number, piece] of pieces.entries()) {
        for (const [index, kind] of piece.entries())
          for (const each of facts(kind, 10 * number + index, source)) await log.tell(each);
        await judged(store, views, nothing, IN_PARTS);
        expect(await stored(views)).toEqual(expected(await graphEventsOf(store.readAll()), NOW));
      }
      await withViews(async (atOnce) => {
        await judged(store, atOnce, nothing, WHOLE);
        expect(await summariesOf(views)).toEqual(await summariesOf(atOnce));
      });
    });
  });

  it('is looked at again where a label is recorded late, from before those uses', async () => {
    const ledger = new LedgerWriter();
    ledger.open('pit', 'miner', 'AU');
    ledger.open('works', 'maker', 'JP');
    ledger.register('pit', 'ore', 100, { cobalt: 10 });
    ledger.ship('pit', 'works', [['ore', 100]]);
    for (const use of ['a', 'b', 'c']) ledger.transform('works', 'refining', [['ore', 30]], [[use, 30, { cobalt: 3 }]]);
    const used = [...ledger.events];
    const label = { batchId: 'ore', labelId: 'l', standard: 'private', carrier: 'print', value: 'l' } as const;
    const late = ledger.write('pit', 'BatchLabelled', label, 2);
    const store = new MemoryEventStore();
    const log = new EventLog(store);
    await withViews(async (views) => {
      for (const events of [used, [late]]) {
        await judged(
          store,
          views,
          async () => {
            for (const event of events) await log.tellGenerated(event);
          },
          IN_PARTS,
        );
        expect(await stored(views)).toEqual(expected(await graphEventsOf(store.readAll()), NOW));
      }
    });
  });

  it('is not read again for a fact that comes behind, however much it is', async () => {
    const [few, many] = [await rowsReadAfter(20), await rowsReadAfter(420)];
    // How often the judge looks for work meanwhile varies, so it may read a few rows more: but not those of 400 uses.
    expect(many - few).toBeLessThan(200);
  });
});

function sourceOf(events: readonly GraphEvent[]): Source {
  const { id, stream, data } = events.find(({ type }) => type === 'BatchRegistered')!;
  return { siteId: stream.slice('site-'.length), eventId: id, registered: data as object };
}

async function summariesOf(views: Views): Promise<unknown> {
  const { contributions, making_summaries } = await contentsOf(views);
  return { contributions, making_summaries };
}

/** Rows read to project and judge one more use, and one more label, of a stock that was used `uses` times. */
async function rowsReadAfter(uses: number): Promise<number> {
  const store = new MemoryEventStore();
  const log = new EventLog(store);
  for (const told of busyStock(uses)) await log.tell(told);
  return withViews(async (views) => {
    await judged(store, views, nothing);
    let rows = 0;
    const counter: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }): Promise<QueryResult<UnknownRow>> => {
        rows += result.rows.length;
        return result;
      },
    };
    const counted: Views = {
      engine: views.engine,
      version: views.version,
      pseudonyms: views.pseudonyms,
      records: views.records,
      db: views.db.withPlugin(counter),
      writer: views.writer.withPlugin(counter),
      indexesElsewhere: views.indexesElsewhere,
      reset: () => views.reset(),
      becomeCurrent: (logSize) => views.becomeCurrent(logSize),
      close: () => views.close(),
    };
    const label = fact('label', 0, sourceOf(await graphEventsOf(store.readAll())));
    for (const told of [refined(uses), label]) {
      await log.tell(told);
      await judged(store, counted, nothing);
    }
    return rows;
  });
}
