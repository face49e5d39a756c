import { type ContentGrams, type TransformationOutput } from '#custody';
import { type SeededRandom } from './seeded-random.js';
import { type SimulatedLedger } from './simulated-ledger.js';
import { attest, dispatch, label, open } from './world.js';

/** One in this many sites has no attestation. */
const UNATTESTED = 16;

/**
 * Five sites that make cells of mined and of recycled nickel and cobalt, over and over: a mine, a recycler, a refinery, a
 * cathode plant and a cell plant. One step is a stage at one site, so that the chains of many regions interleave.
 */
export class SupplyChain {
  readonly #mine: string;
  readonly #recycler: string;
  readonly #refinery: string;
  readonly #cathodePlant: string;
  readonly #cellPlant: string;

  readonly #ledger: SimulatedLedger;
  readonly #random: SeededRandom;
  readonly #region: string;

  constructor(ledger: SimulatedLedger, random: SeededRandom, region: string) {
    this.#ledger = ledger;
    this.#random = random;
    this.#region = region;
    this.#mine = `${region}-mine`;
    this.#recycler = `${region}-recycler`;
    this.#refinery = `${region}-refinery`;
    this.#cathodePlant = `${region}-cathode`;
    this.#cellPlant = `${region}-cells`;
  }

  *steps(): Generator<void> {
    this.#openSites();
    for (let lot = 1; ; lot++) {
      const name = `${this.#region}-${lot}`;
      this.#mineOre(name);
      yield;
      this.#recycleCells(name);
      yield;
      this.#refine(name);
      yield;
      this.#makeCathode(name);
      yield;
      this.#makeCells(name);
      yield;
    }
  }

  #openSites(): void {
    const facilities = [
      { siteId: this.#mine, name: 'Mine', role: 'miner', activities: ['mining', 'concentration'] },
      { siteId: this.#recycler, name: 'Recycler', role: 'recycler', activities: ['recycling'] },
      { siteId: this.#refinery, name: 'Refinery', role: 'refiner', activities: ['refining'] },
      { siteId: this.#cathodePlant, name: 'Cathode plant', role: 'refiner', activities: ['precursor', 'cathode'] },
      { siteId: this.#cellPlant, name: 'Cell plant', role: 'battery-maker', activities: ['cell'] },
    ] as const;
    for (const facility of facilities) {
      const { siteId, name, role } = facility;
      open(this.#ledger, this.#random, { siteId, name, role, activities: [...facility.activities] });
      if (!this.#random.oneIn(UNATTESTED)) attest(this.#ledger, this.#random, siteId);
    }
  }

  /** Splits the ore into two lots: one goes to the refinery, the other is disposed of as too lean. */
  #mineOre(lot: string): void {
    const ore = `${lot}-ore`;
    const grossGrams = this.#random.integer(20, 40) * 1_000_000;
    const contentGrams = { nickel: permille(grossGrams, 14), cobalt: permille(grossGrams, 2) };
    const origin = { kind: 'extracted' as const };
    this.#ledger.at(this.#mine, {
      kind: 'batches',
      body: { batchId: ore, material: 'nickel-laterite-ore', grossGrams, contentGrams, origin },
    });
    const lean = permille(grossGrams, this.#random.integer(50, 200));
    const parts = [
      { batchId: `${ore}-lot`, grossGrams: grossGrams - lean },
      { batchId: `${ore}-lean`, grossGrams: lean },
    ];
    this.#ledger.at(this.#mine, { kind: 'splits', body: { batchId: ore, parts } });
    label(this.#ledger, this.#mine, `${ore}-lot`);
    this.#dispose(this.#mine, `${ore}-lean`, 'below the cut-off grade');
    dispatch(this.#ledger, this.#mine, this.#refinery, `${lot}-ore-shipment`, [`${ore}-lot`]);
  }

  #recycleCells(lot: string): void {
    const cells = `${lot}-spent`;
    const grossGrams = this.#random.integer(2, 6) * 1_000_000;
    const contentGrams = { nickel: permille(grossGrams, 120), cobalt: permille(grossGrams, 40) };
    const origin = { kind: 'end-of-life' as const, feedstock: 'vehicle batteries' };
    this.#ledger.at(this.#recycler, {
      kind: 'batches',
      body: { batchId: cells, material: 'end-of-life-batteries', grossGrams, contentGrams, origin },
    });
    const blackMass = `${lot}-black-mass`;
    this.#transform(
      this.#recycler,
      'recycling',
      [cells],
      [{ batchId: blackMass, material: 'black-mass', gradePermille: 250, contentPermille: 960 }],
    );
    label(this.#ledger, this.#recycler, blackMass);
    const { contentGrams: found } = this.#ledger.batch(this.#recycler, blackMass);
    this.#ledger.at(this.#recycler, {
      kind: 'assays',
      body: { batchId: blackMass, contentGrams: { ...found }, method: 'ICP-OES', laboratory: 'Own laboratory' },
    });
    dispatch(this.#ledger, this.#recycler, this.#refinery, `${lot}-black-mass-shipment`, [blackMass]);
  }

  #refine(lot: string): void {
    const ore = `${lot}-ore-lot`;
    const blackMass = `${lot}-black-mass`;
    const sulphate = `${lot}-sulphate`;
    this.#receive(this.#refinery, `${lot}-ore-shipment`, ore);
    this.#receive(this.#refinery, `${lot}-black-mass-shipment`, blackMass);
    this.#transform(
      this.#refinery,
      'refining',
      [ore, blackMass],
      [
        { batchId: sulphate, material: 'mixed-metal-sulphate', gradePermille: 220, contentPermille: 930 },
        { batchId: `${sulphate}-residue`, material: 'leach-residue', gradePermille: 5, contentPermille: 40 },
      ],
    );
    label(this.#ledger, this.#refinery, sulphate);
    this.#dispose(this.#refinery, `${sulphate}-residue`, 'residue storage');
    dispatch(this.#ledger, this.#refinery, this.#cathodePlant, `${lot}-sulphate-shipment`, [sulphate]);
  }

  #makeCathode(lot: string): void {
    const sulphate = `${lot}-sulphate`;
    const cathode = `${lot}-cathode`;
    this.#receive(this.#cathodePlant, `${lot}-sulphate-shipment`, sulphate);
    this.#transform(
      this.#cathodePlant,
      'cathode',
      [sulphate],
      [
        { batchId: cathode, material: 'nmc-cathode-material', gradePermille: 540, contentPermille: 950 },
        {
          batchId: `${cathode}-scrap`,
          material: 'cathode-scrap',
          gradePermille: 540,
          contentPermille: 40,
          scrap: true,
        },
      ],
    );
    label(this.#ledger, this.#cathodePlant, cathode);
    this.#dispose(this.#cathodePlant, `${cathode}-scrap`, 'sold for other uses');
    dispatch(this.#ledger, this.#cathodePlant, this.#cellPlant, `${lot}-cathode-shipment`, [cathode]);
  }

  /** Part of the cells goes into packs at once; the rest is there for queries. */
  #makeCells(lot: string): void {
    const cathode = `${lot}-cathode`;
    const cells = `${lot}-battery`;
    this.#receive(this.#cellPlant, `${lot}-cathode-shipment`, cathode);
    this.#transform(
      this.#cellPlant,
      'cell',
      [cathode],
      [{ batchId: cells, material: 'battery', gradePermille: 150, contentPermille: 990 }],
    );
    label(this.#ledger, this.#cellPlant, cells);
    const share = `0.${this.#random.integer(5, 40).toString().padStart(2, '0')}`;
    this.#ledger.at(this.#cellPlant, { kind: 'declarations', body: { batchId: cells, mineral: 'nickel', share } });
    const { grossGrams } = this.#ledger.batch(this.#cellPlant, cells);
    const first = permille(grossGrams, this.#random.integer(300, 900));
    for (const [index, grams] of [first, grossGrams - first].entries()) {
      const productId = `${lot}-pack-${index + 1}`;
      this.#ledger.at(this.#cellPlant, {
        kind: 'consumptions',
        body: { batchId: cells, grossGrams: grams, productId },
      });
    }
  }

  #receive(siteId: string, shipmentId: string, batchId: string): void {
    const grossGrams = this.#ledger.inTransit(shipmentId).find((sent) => sent.batchId === batchId)!.grossGrams;
    const labels = [{ labelId: `${batchId}-label`, condition: 'intact' as const }];
    this.#ledger.at(siteId, { kind: 'receipts', body: { shipmentId, batches: [{ batchId, grossGrams, labels }] } });
  }

  #dispose(siteId: string, batchId: string, reason: string): void {
    const { grossGrams } = this.#ledger.batch(siteId, batchId);
    this.#ledger.at(siteId, { kind: 'disposals', body: { batchId, grossGrams, reason } });
  }

  /** Uses up the inputs. Any extra weight of the outputs was added: acids, water, the other parts of a cell. */
  #transform(siteId: string, process: string, inputIds: readonly string[], shares: readonly OutputShare[]): void {
    const held = inputIds.map((batchId) => ({ batchId, ...this.#ledger.batch(siteId, batchId) }));
    const grossIn = held.reduce((sum, { grossGrams }) => sum + grossGrams, 0);
    const outputs = shares.map((share) => outputOf(share, held));
    const grossOut = outputs.reduce((sum, { grossGrams }) => sum + grossGrams, 0);
    this.#ledger.at(siteId, {
      kind: 'transformations',
      body: {
        transformationId: `${outputs[0]!.batchId}-run`,
        process,
        chainOfCustody: 'controlled-blending',
        inputs: held.map(({ batchId, grossGrams }) => ({ batchId, grossGrams })),
        outputs,
        reagentGrams: Math.max(0, grossOut - grossIn),
      },
    });
  }
}

interface OutputShare {
  readonly batchId: string;
  readonly material: string;
  /** Share of the inputs' content, in thousandths. */
  readonly contentPermille: number;
  /** Content of the output, in thousandths of its mass. */
  readonly gradePermille: number;
  readonly scrap?: boolean;
}

function permille(grams: number, thousandths: number): number {
  return Math.floor((grams * thousandths) / 1_000);
}

function outputOf(share: OutputShare, inputs: readonly { contentGrams: ContentGrams }[]): TransformationOutput {
  const { batchId, material, contentPermille, gradePermille, scrap } = share;
  const of = (mineral: 'nickel' | 'cobalt'): number =>
    permille(
      inputs.reduce((total, { contentGrams }) => total + (contentGrams[mineral] ?? 0), 0),
      contentPermille,
    );
  const contentGrams = { nickel: of('nickel'), cobalt: of('cobalt') };
  const grossGrams = Math.ceil(((contentGrams.nickel + contentGrams.cobalt) * 1_000) / gradePermille);
  return { batchId, material, grossGrams, contentGrams, ...(scrap === undefined ? {} : { scrap }) };
}
