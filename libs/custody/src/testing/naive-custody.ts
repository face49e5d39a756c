import assert from 'node:assert/strict';
import { factOf, MINERALS, type ContentGrams, type LedgerEvent, type Mineral, type SiteEvent } from '../events.js';

type Grams = Record<Mineral, bigint>;
interface Lot {
  /** `site s`, `shipment s` or `gone`. */
  place: string;
  gross: bigint;
  content: Grams;
  unknown: boolean;
  stay: Stay;
}
/** Where it was last, and what was found and done there since it came; what goes on its way and comes back was there all along. */
interface Stay {
  site: string;
  since: string;
  until?: string;
  assayed: string;
  used: string;
}
type Made = Omit<Lot, 'stay'>;
type Account = 'registered' | 'gained' | 'consumed' | 'disposed' | 'lost';

const none = (): Grams => Object.fromEntries(MINERALS.map((mineral) => [mineral, 0n])) as Grams;
const gramsOf = (content: ContentGrams): Grams =>
  Object.fromEntries(MINERALS.map((mineral) => [mineral, BigInt(content[mineral] ?? 0)])) as Grams;

/**
 * Where every gram is, by the plainest bookkeeping over the log, with nothing of the code under test: fails an assertion
 * when an event has a batch where it is not, uses what is not there, or lets content appear. Not for corrected logs, in
 * which just that is possible.
 */
export class NaiveCustody {
  readonly lots = new Map<string, Lot>();
  readonly totals: Record<Account, Grams> = {
    registered: none(),
    gained: none(),
    consumed: none(),
    disposed: none(),
    lost: none(),
  };

  #now = '';

  record(event: LedgerEvent<SiteEvent>): void {
    const here = event.stream.replace('site-', 'site ');
    this.#now = event.metadata.occurredAt;
    const fact = factOf(event);
    switch (fact.type) {
      case 'BatchRegistered': {
        const { batchId, grossGrams, contentGrams } = fact.data;
        this.#create(batchId, here, grossGrams, contentGrams);
        this.#book('registered', gramsOf(contentGrams));
        return;
      }
      case 'BatchSplit': {
        const { batchId, parts } = fact.data;
        for (const part of parts) {
          const { content, unknown } = this.#use(batchId, part.grossGrams, here);
          this.#add(part.batchId, { place: here, gross: BigInt(part.grossGrams), content, unknown });
        }
        return;
      }
      case 'BatchesTransformed':
        return this.#transform(fact.data, here);
      case 'BatchesDispatched':
        for (const { batchId } of fact.data.batches) this.#move(batchId, here, `shipment ${fact.data.shipmentId}`);
        return;
      case 'BatchesReceived':
        for (const batch of fact.data.batches) {
          this.#weigh(batch.batchId, batch.grossGrams, `shipment ${fact.data.shipmentId}`);
          this.#move(batch.batchId, `shipment ${fact.data.shipmentId}`, batch.grossGrams === 0 ? 'gone' : here);
        }
        return;
      case 'ShipmentReturned':
        for (const { batchId } of fact.data.batches) this.#move(batchId, `shipment ${fact.data.shipmentId}`, here);
        return;
      case 'BatchAssayed':
        return this.#assay(fact.data.batchId, fact.data.contentGrams, here);
      case 'BatchConsumed':
        return this.#book('consumed', this.#use(fact.data.batchId, fact.data.grossGrams, here).content);
      case 'BatchDisposed':
        return this.#book('disposed', this.#use(fact.data.batchId, fact.data.grossGrams, here).content);
      case 'ProductAssembled':
        return this.#assemble([fact.data.productId], fact.data, here);
      case 'ProductsAssembled':
        return this.#assemble(fact.data.productIds, fact.data, here);
      case 'ProductRepurposed':
        return this.#assemble([fact.data.productId], fact.data, here);
      case 'ProductWasted':
        return this.#assemble([fact.data.batchId], fact.data, here);
      case 'ProductPlacedOnMarket':
        return this.#move(fact.data.productId, here, 'market');
      case 'ProductReturned':
        return this.#move(fact.data.productId, 'market', here);
      case 'RecordCorrected':
        return assert.fail('not for corrected logs');
      default:
        return;
    }
  }

  /** Ids, grams and contents of the lots at a place. */
  at(place: string): Map<string, Omit<Made, 'place'>> {
    const there = [...this.lots].filter(([, lot]) => lot.place === place);
    return new Map(there.map(([id, { gross, content, unknown }]) => [id, { gross, content, unknown }]));
  }

  /** What came into the ledger is somewhere: sites, transit, or gone by a way that is booked. */
  checkTotals(): void {
    const { registered, gained, consumed, disposed, lost } = this.totals;
    for (const mineral of MINERALS) {
      const present = [...this.lots.values()].reduce((sum, { content }) => sum + content[mineral], 0n);
      const gone = consumed[mineral] + disposed[mineral] + lost[mineral];
      assert.equal(present + gone, registered[mineral] + gained[mineral], `${mineral} is not conserved`);
    }
  }

  /** Recorded late, it is of what is still on its way; what another site has received is that site's to assay. */
  #assay(batchId: string, contentGrams: ContentGrams, here: string): void {
    const lot = this.lots.get(batchId);
    assert.ok(lot !== undefined, `there is no ${batchId}`);
    const { site, since, until, assayed, used } = lot.stay;
    if (site !== here || this.#now < since) return;
    assert.ok(lot.place === here || (until !== undefined && this.#now <= until), `${batchId} was not at ${here}`);
    assert.ok(lot.gross > 0n && this.#now >= used, `${batchId} was used since`);
    if (this.#now < assayed) return;
    lot.stay.assayed = this.#now;
    const found = gramsOf(contentGrams);
    for (const mineral of MINERALS) {
      const more = found[mineral] - lot.content[mineral];
      this.totals[more > 0n ? 'gained' : 'lost'][mineral] += more > 0n ? more : -more;
    }
    lot.content = found;
    lot.unknown = Object.keys(contentGrams).length === 0;
  }

  #transform(data: Extract<SiteEvent, { type: 'BatchesTransformed' }>['data'], here: string): void {
    const used = data.inputs.map(({ batchId, grossGrams }) => this.#use(batchId, grossGrams, here));
    for (const { batchId, grossGrams, contentGrams } of data.outputs)
      this.#create(batchId, here, grossGrams, contentGrams);
    const grossIn = used.reduce((sum, { gross }) => sum + gross, BigInt(data.reagentGrams ?? 0));
    const grossOut = data.outputs.reduce((sum, { grossGrams }) => sum + BigInt(grossGrams), 0n);
    assert.ok(grossOut <= grossIn, 'weighs more than went in');

    let beyondTolerance = 0n;
    for (const mineral of MINERALS) {
      const into = used.reduce((sum, { content }) => sum + content[mineral], 0n);
      const out = data.outputs.reduce((sum, { contentGrams }) => sum + BigInt(contentGrams[mineral] ?? 0), 0n);
      if (out > into) this.totals.gained[mineral] += out - into;
      else this.totals.lost[mineral] += into - out;
      if ((out - into) * 200n > into) beyondTolerance += out - into;
    }
    const unknownGross = used.reduce((sum, { gross, unknown }) => sum + (unknown ? gross : 0n), 0n);
    assert.ok(beyondTolerance <= unknownGross, 'contains more than went in');
  }

  /** All that goes in is in what comes out, in equal parts but for the last gram. */
  #assemble(
    ids: readonly string[],
    from: { inputs?: { batchId: string; grossGrams: number }[]; products: string[]; grossGrams?: number },
    here: string,
  ): void {
    const whole = from.products.map((batchId) => ({ batchId, grossGrams: Number(this.#lotAt(batchId, here).gross) }));
    const used = [...(from.inputs ?? []), ...whole].map((input) => this.#use(input.batchId, input.grossGrams, here));
    const gross = used.reduce((sum, lot) => sum + lot.gross, 0n);
    const [places, count] = [[...ids.keys()].map(BigInt), BigInt(ids.length)];
    const shares = (total: bigint): bigint[] =>
      places.map((place) => (total * (place + 1n)) / count - (total * place) / count);
    const into = MINERALS.map((mineral) => shares(used.reduce((sum, { content }) => sum + content[mineral], 0n)));
    for (const [index, id] of ids.entries()) {
      this.#add(id, {
        place: here,
        gross: from.grossGrams === undefined ? shares(gross)[index]! : BigInt(from.grossGrams),
        content: Object.fromEntries(MINERALS.map((mineral, row) => [mineral, into[row]![index]!])) as Grams,
        unknown: used.every(({ unknown }) => unknown),
      });
    }
  }

  #create(batchId: string, place: string, grossGrams: number, contentGrams: ContentGrams): void {
    const unknown = Object.keys(contentGrams).length === 0;
    this.#add(batchId, { place, gross: BigInt(grossGrams), content: gramsOf(contentGrams), unknown });
  }

  #add(batchId: string, lot: Made): void {
    assert.ok(!this.lots.has(batchId), `${batchId} exists already`);
    this.lots.set(batchId, { ...lot, stay: this.#arrival(lot.place) });
  }

  #arrival(site: string): Stay {
    return { site, since: this.#now, assayed: '', used: '' };
  }

  #lotAt(batchId: string, place: string): Lot {
    const lot = this.lots.get(batchId);
    assert.ok(lot?.place === place, `${batchId} is at ${lot?.place}, not at ${place}`);
    return lot;
  }

  #move(batchId: string, from: string, to: string): void {
    const lot = this.#lotAt(batchId, from);
    lot.place = to;
    if (from.startsWith('site ')) lot.stay.until = this.#now;
    else if (lot.stay.site === to) delete lot.stay.until;
    else lot.stay = this.#arrival(to);
  }

  /** Takes a share; the amount used up is gone from the lot. */
  #use(batchId: string, grossGrams: number, place: string): Omit<Made, 'place'> {
    const lot = this.#lotAt(batchId, place);
    const gross = BigInt(grossGrams);
    assert.ok(gross > 0n && gross <= lot.gross, `${grossGrams} g used of ${lot.gross} g`);
    const content = none();
    for (const mineral of MINERALS) {
      content[mineral] = (lot.content[mineral] * gross) / lot.gross;
      lot.content[mineral] -= content[mineral];
    }
    lot.gross -= gross;
    lot.stay.assayed = '';
    if (this.#now > lot.stay.used) lot.stay.used = this.#now;
    if (lot.gross === 0n) lot.place = 'gone';
    return { gross, content, unknown: lot.unknown };
  }

  /** What a receipt says that a lot weighs now. */
  #weigh(batchId: string, grossGrams: number, place: string): void {
    const lot = this.#lotAt(batchId, place);
    const gross = BigInt(grossGrams);
    assert.ok(gross * 1000n <= lot.gross * 1005n, 'heavier than it left');
    if (gross < lot.gross) {
      for (const mineral of MINERALS) {
        const left = (lot.content[mineral] * gross) / lot.gross;
        this.totals.lost[mineral] += lot.content[mineral] - left;
        lot.content[mineral] = left;
      }
    }
    lot.gross = gross;
  }

  #book(account: Account, content: Grams): void {
    for (const mineral of MINERALS) this.totals[account][mineral] += content[mineral];
  }
}
