import { type Client } from './client.js';

/** Sites that the load is spread over. */
export const SITES = 4;
/** Grams: no load uses it up. */
const STOCK = 1_000_000_000_000;

/**
 * A command as a client keeps it in order to send it again: only its key tells the ledger that it is the same command.
 */
export interface Command {
  readonly site: string;
  readonly command: 'batches' | 'consumptions' | 'splits';
  readonly body: Readonly<Record<string, unknown>>;
  /** Unique to each command of the load, and found again in its event. */
  readonly mark: string;
  readonly key: string;
}

export const siteOf = (number: number): string => `endurance-site-${number % SITES}`;
const stockOf = (number: number): string => `endurance-stock-${number % SITES}`;

/** An organisation, its sites, and a stock at each. */
export async function openSites(client: Client): Promise<void> {
  await client.record('organisations', {
    organisationId: 'endurance',
    name: 'Endurance Refining',
    country: 'JP',
    roles: ['refiner', 'recycler'],
  });
  for (let number = 0; number < SITES; number++) {
    await client.record('organisations/endurance/sites', {
      siteId: siteOf(number),
      name: `Works ${number}`,
      country: 'JP',
      activities: ['recycling', 'refining'],
    });
    await client.record(`sites/${siteOf(number)}/batches`, registered(stockOf(number), STOCK));
  }
}

/** Most use up something from the stock, which without a key would happen twice if sent twice; some reserve new ids. */
export function commandOf(name: string, number: number): Command {
  const mark = `${name}-${number}`;
  const at = { site: siteOf(number), mark, key: `key-${mark}` };
  if (number % 5 === 3) return { ...at, command: 'batches', body: registered(mark, 1_000) };
  if (number % 5 === 4) {
    const parts = [{ batchId: mark, grossGrams: 1 }];
    return { ...at, command: 'splits', body: { batchId: stockOf(number), parts } };
  }
  return { ...at, command: 'consumptions', body: { batchId: stockOf(number), grossGrams: 1, productId: mark } };
}

/** The mark of the command that an event came from. */
export function markOf({
  type,
  data,
}: {
  readonly type: string;
  readonly data: Record<string, unknown>;
}): string | undefined {
  if (type === 'BatchRegistered') return String(data['batchId']);
  if (type === 'BatchSplit') return (data['parts'] as { batchId: string }[])[0]!.batchId;
  return type === 'BatchConsumed' ? String(data['productId']) : undefined;
}

function registered(batchId: string, grossGrams: number): Record<string, unknown> {
  return {
    batchId,
    material: 'end-of-life-batteries',
    grossGrams,
    contentGrams: { nickel: Math.floor(grossGrams / 5) },
    origin: { kind: 'end-of-life' },
  };
}
