/**
 * The rules of `docs/claims.md` a second time, as plainly as they can be written: one table of lots, exact rationals, a
 * new table for every event, no concern for speed. Shares no code with the fold it checks.
 */
import {
  MINERALS,
  type BatchAssayed,
  type BatchConsumed,
  type BatchLabelled,
  type BatchRegistered,
  type BatchSplit,
  type BatchesDispatched,
  type BatchesReceived,
  type BatchesTransformed,
  type ContentGrams,
  type RecordCorrected,
  type ShipmentReturned,
  type SiteOpened,
} from '#custody';
import { type GraphEvent } from '../graph.types.js';
import { isCorrection, unconfirmedOf } from './naive-corrections.js';
import { Fraction, keyOf, parted, sum, type Lot } from './naive-lots.js';
import { arrivedSince, come, endedVisits, isUsedSince, leave, send, visitThen } from './naive-late.js';
import { tellOfProducts, type Fact, type NaiveTools } from './naive-products.js';

const says = (content: ContentGrams): boolean => Object.keys(content).length > 0;
const milligramsOf = (content: ContentGrams, mineral: (typeof MINERALS)[number]): bigint =>
  1000n * BigInt(content[mineral] ?? 0);

export class NaiveLedger {
  lots: Lot[] = [];
  facts = new Map<string, Fact>();
  anomalies: { batchId: string; code: string; eventId: string }[] = [];
  /** What an event says by a correction that nobody confirmed: `aspect correction`, ascending. */
  unconfirmed = new Map<string, string[]>();
  #sites = new Map<string, SiteOpened>();

  constructor(events: readonly GraphEvent[], validAt = '9999') {
    const inForce = new Map<string, unknown>();
    const rootOf = (id: string): string => {
      const named = events.find((event) => event.id === id && event.type === 'RecordCorrected');
      return named === undefined ? id : rootOf((named.data as RecordCorrected).eventId);
    };
    for (const event of events) {
      if (event.type === 'RecordCorrected') {
        const { eventId, replacement } = event.data as RecordCorrected;
        inForce.set(rootOf(eventId), replacement);
      }
    }
    for (const event of events) {
      const steps = events.filter(
        (each) => each.type === 'RecordCorrected' && rootOf((each.data as RecordCorrected).eventId) === event.id,
      );
      if (!isCorrection(event) && steps.length > 0) this.unconfirmed.set(event.id, unconfirmedOf(event, steps, events));
    }
    for (const event of events) {
      if (event.metadata.occurredAt > validAt) continue;
      this.#apply(event, inForce.get(event.id) ?? event.data);
    }
  }

  composition(batchId: string): Record<string, Record<string, number>> {
    const table: Record<string, Record<string, number>> = {};
    for (const lot of this.lots.filter((each) => each.batchId === batchId && each.milligrams > 0n)) {
      const row = (table[lot.mineral] ??= {});
      row[keyOf(lot)] = (row[keyOf(lot)] ?? 0) + Number(lot.milligrams);
    }
    return table;
  }

  #apply(event: GraphEvent, data: unknown): void {
    const site = event.stream.replace('site-', '');
    const time = event.metadata.occurredAt;
    const complain = (batchId: string, code: string): void => {
      this.anomalies.push({ batchId, code, eventId: event.id });
    };
    const touch = (batchId: string): Fact => {
      const fact = this.#fact(batchId);
      const isAway = fact.place.kind === 'transit' || fact.place.kind === 'market';
      if (isAway || fact.place.at !== site) complain(batchId, 'used-before-arrival');
      return fact;
    };
    const draw = (batchId: string, grams: bigint): Lot[] => this.#draw(batchId, grams, this.#fact(batchId).gross);
    const finish = (batchId: string, asked: bigint, had: bigint): void => {
      if (asked > had) complain(batchId, 'overdrawn');
      const fact = this.#fact(batchId);
      fact.uses.push({ time, ended: endedVisits(fact) });
      fact.assayed = undefined;
      if (fact.gross === 0n && fact.place.kind !== 'nowhere' && fact.place.kind !== 'gone') {
        leave(fact, time);
        // In transit it is gone from the last site that had it.
        fact.place = { kind: 'gone', at: fact.place.at };
      }
    };
    const make = (batchId: string, gross: bigint, lots: Lot[], rest: Partial<Fact>): void => {
      const fact = this.#fact(batchId);
      if (fact.made) return complain(batchId, 'made-twice');
      Object.assign(fact, { gross, made: true, ...rest });
      come(fact, site, time);
      this.lots = this.lots.filter((lot) => lot.batchId !== batchId).concat(lots.map((lot) => ({ ...lot, batchId })));
    };

    const tools: NaiveTools = {
      ...{ site, touch, draw, finish, make, complain },
      fact: (batchId) => this.#fact(batchId),
      come: (fact) => come(fact, site, time),
      leave: (fact) => send(fact, site, time),
    };
    const { pooled } = tellOfProducts(event, data, tools);
    switch (event.type) {
      case 'SiteOpened':
        this.#sites.set((data as SiteOpened).siteId, data as SiteOpened);
        return;
      case 'BatchRegistered': {
        const { batchId, grossGrams, contentGrams, origin } = data as BatchRegistered;
        const here = this.#sites.get(site)?.country ?? 'ZZ';
        const [country, kind] = {
          extracted: [origin.country ?? here, 'primary'],
          'end-of-life': ['ZZ', 'post-consumer'],
          undocumented: ['ZZ', 'undeclared'],
        }[origin.kind] as [string, string];
        const lots = MINERALS.map((mineral): Lot => {
          return { batchId, mineral, country, class: kind, milligrams: milligramsOf(contentGrams, mineral) };
        });
        make(batchId, BigInt(grossGrams), lots, {
          known: says(contentGrams),
          root: { country, class: kind },
          origins: new Set([site]),
          originKnown: origin.kind !== 'undocumented',
        });
        return;
      }
      case 'BatchSplit': {
        const { batchId, parts } = data as BatchSplit;
        const fact = touch(batchId);
        const had = fact.gross;
        for (const part of parts) {
          const lots = draw(batchId, BigInt(part.grossGrams));
          const { known, scrapOf, origins, originKnown } = fact;
          make(part.batchId, BigInt(part.grossGrams), lots, {
            known,
            ...(scrapOf ? { scrapOf } : {}),
            ...(known ? {} : { root: fact.root }),
            origins,
            originKnown,
            parents: new Set([batchId]),
          });
        }
        finish(
          batchId,
          parts.reduce((total, part) => total + BigInt(part.grossGrams), 0n),
          had,
        );
        return;
      }
      case 'BatchesTransformed': {
        const { process, inputs, outputs } = data as BatchesTransformed;
        const { lots, origins, originKnown } = pooled(inputs, process);
        let pool = lots;
        for (const mineral of MINERALS) {
          const declared = outputs.reduce((total, output) => total + milligramsOf(output.contentGrams, mineral), 0n);
          const gain = declared - sum(pool.filter((lot) => lot.mineral === mineral));
          if (gain > 0n) pool.push({ batchId: '', mineral, country: 'ZZ', class: 'undeclared', milligrams: gain });
        }
        for (const { batchId, grossGrams, contentGrams, scrap } of outputs) {
          const lots: Lot[] = [];
          for (const mineral of MINERALS) {
            const [taken, left] = parted(pool, mineral, milligramsOf(contentGrams, mineral));
            lots.push(...taken);
            pool = left;
          }
          make(batchId, BigInt(grossGrams), lots, {
            known: says(contentGrams),
            ...(scrap ? { scrapOf: { siteId: site, process } } : {}),
            origins,
            originKnown,
            parents: new Set(inputs.map((input) => input.batchId)),
          });
        }
        return;
      }
      case 'BatchesDispatched':
        for (const { batchId, labels } of (data as BatchesDispatched).batches) {
          const fact = touch(batchId);
          send(fact, site, time);
          fact.told.push({ kind: 'sent', labelIds: labels, visit: endedVisits(fact) - 1 });
          fact.place = { kind: 'transit', at: fact.place.at };
          this.#carriers.set(batchId, (data as BatchesDispatched).shipmentId);
        }
        return;
      case 'BatchesReceived': {
        const { shipmentId, batches } = data as BatchesReceived;
        for (const { batchId, grossGrams } of batches) {
          const fact = this.#fact(batchId);
          if (fact.place.kind !== 'transit' || this.#carriers.get(batchId) !== shipmentId) {
            complain(batchId, 'received-unsent');
          }
          if (BigInt(grossGrams) < fact.gross) {
            fact.losses.push({ ended: endedVisits(fact), of: fact.gross, arrived: BigInt(grossGrams) });
            const arrived = draw(batchId, BigInt(grossGrams));
            this.lots = this.lots.filter((lot) => lot.batchId !== batchId).concat(arrived);
          }
          fact.gross = BigInt(grossGrams);
          fact.told.push({ kind: 'received', visits: endedVisits(fact) });
          come(fact, site, time);
          if (grossGrams > 0) continue;
          leave(fact, time);
          fact.place = { kind: 'gone', at: site };
        }
        return;
      }
      case 'ShipmentReturned':
        for (const { batchId } of (data as ShipmentReturned).batches) {
          const fact = this.#fact(batchId);
          if (fact.place.kind !== 'transit' || this.#carriers.get(batchId) !== (data as ShipmentReturned).shipmentId) {
            complain(batchId, 'received-unsent');
          }
          come(fact, site, time);
        }
        return;
      case 'BatchAssayed': {
        const { batchId, contentGrams } = data as BatchAssayed;
        const visit = visitThen(this.#fact(batchId), site, time);
        const fact = visit === undefined ? touch(batchId) : this.#fact(batchId);
        if (isUsedSince(fact, time, visit) || (fact.assayed !== undefined && fact.assayed > time)) return;
        fact.assayed = time;
        fact.derived ??= this.lots.filter((lot) => lot.batchId === batchId);
        const { derived, root } = fact;
        const found = MINERALS.flatMap((mineral): Lot[] => {
          const milligrams = 1000n * arrivedSince(fact, BigInt(contentGrams[mineral] ?? 0), visit);
          if (root !== undefined) return [{ batchId, mineral, ...root, milligrams }];
          const more = milligrams - sum(derived.filter((lot) => lot.mineral === mineral));
          const [kept] = parted(derived, mineral, milligrams);
          const gain: Lot = { batchId, mineral, country: 'ZZ', class: 'undeclared', milligrams: more };
          return more > 0n ? [...kept, gain] : kept;
        });
        this.lots = this.lots.filter((lot) => lot.batchId !== batchId).concat(found);
        fact.known = says(contentGrams);
        return;
      }
      case 'BatchConsumed':
      case 'BatchDisposed': {
        const { batchId, grossGrams } = data as BatchConsumed;
        const had = touch(batchId).gross;
        draw(batchId, BigInt(grossGrams));
        finish(batchId, BigInt(grossGrams), had);
        return;
      }
      case 'BatchLabelled': {
        const { batchId, labelId } = data as BatchLabelled;
        const visit = visitThen(this.#fact(batchId), site, time);
        if (visit === undefined) touch(batchId);
        else this.#fact(batchId).told.push({ kind: 'late', labelId, visit });
        return;
      }
      case 'LabelRemoved':
      case 'RecycledContentDeclared':
      case 'BatchHeld':
      case 'BatchReleased':
        touch((data as { batchId: string }).batchId);
        return;
    }
  }

  #carriers = new Map<string, string>();

  #fact(batchId: string): Fact {
    const fact = this.facts.get(batchId) ?? {
      gross: 0n,
      place: { kind: 'nowhere', at: '' },
      known: false,
      parents: new Set(),
      origins: new Set(),
      originKnown: false,
      made: false,
      visits: [],
      uses: [],
      losses: [],
      told: [],
    };
    this.facts.set(batchId, fact);
    return fact;
  }

  #draw(batchId: string, asked: bigint, gross: bigint): Lot[] {
    const fact = this.#fact(batchId);
    let mine = this.lots.filter((lot) => lot.batchId === batchId);
    const others = this.lots.filter((lot) => lot.batchId !== batchId);
    const taken: Lot[] = [];
    for (const mineral of MINERALS) {
      const content = sum(mine.filter((lot) => lot.mineral === mineral));
      const amount = asked >= gross ? content : 1000n * new Fraction((content / 1000n) * asked, gross).floor();
      const [part, left] = parted(mine, mineral, amount);
      taken.push(...part);
      mine = left;
    }
    this.lots = [...others, ...mine];
    fact.derived = undefined;
    fact.gross = asked >= gross ? 0n : gross - asked;
    return taken;
  }
}
