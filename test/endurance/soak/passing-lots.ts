/** Grams of a lot, and of the part of it that is used. */
const LOT = 1_000;
const PART = 400;

/** Batches that are at a site at the same time for each client: a lot, and a part of it. */
export const MOST_HERE = 2;

/** One of {@link passingLots}. */
interface LotCommand {
  readonly site: string;
  readonly command: 'batches' | 'splits' | 'consumptions' | 'disposals';
  readonly body: Readonly<Record<string, unknown>>;
  /** Idempotency key. */
  readonly key: string;
}

/**
 * One lot after the other passes through a site: it comes, a part is split off and used up, the rest is disposed of. What a
 * site has in custody thus stays the same however long it goes on, and what grows is not the load.
 * @param name of all lots; unique
 */
export function* passingLots(name: string, site: string): Generator<LotCommand, never> {
  for (let number = 0; ; number++) {
    const lot = `${name}-${number}`;
    const part = `${lot}-part`;
    const of = (command: LotCommand['command'], body: LotCommand['body']): LotCommand => ({
      site,
      command,
      body,
      key: `${lot}-${command}`,
    });
    yield of('batches', {
      batchId: lot,
      material: 'end-of-life-batteries',
      grossGrams: LOT,
      contentGrams: { nickel: LOT / 5 },
      origin: { kind: 'end-of-life' },
    });
    yield of('splits', { batchId: lot, parts: [{ batchId: part, grossGrams: PART }] });
    yield of('consumptions', { batchId: part, grossGrams: PART, productId: `${lot}-product` });
    yield of('disposals', { batchId: lot, grossGrams: LOT - PART, reason: 'sold for other uses' });
  }
}
