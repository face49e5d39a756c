import { type ContentGrams, type HeldProduct } from '../custody-fields.js';
import { type Activity } from '../terms.js';
import { Corrections } from './corrections.js';
import { type HeldBatch, type Holder, type SiteAccount } from './site-account.js';

/** Changes whenever a snapshot written before would be read wrongly; a snapshot of another version is thrown away. */
export const ACCOUNT_SNAPSHOT_VERSION = 4;

/** The account as plain JSON. */
export interface AccountSnapshot {
  siteId: string;
  organisationId: string;
  country: string;
  activities: Activity[];
  openedAt: string;
  batches: BatchSnapshot[];
  heldBy?: Holder;
  heldShipments: [string, Holder & { batchIds: string[] }][];
  spent: string[];
  commands: { commandId: string; revision: string; eventId: string; type: string; requestSha256?: string }[];
  corrections: ReturnType<Corrections['toJSON']>;
  /** Decimal. */
  revision: string;
}
interface BatchSnapshot {
  batchId: string;
  material: string;
  otherMaterial?: string;
  grossGrams: number;
  contentGrams: ContentGrams;
  arrivedAt: string;
  product?: HeldProduct;
  /** Label id and since when. */
  labels: [string, string][];
  heldBy?: Holder;
}

/** The account as JSON, to be kept beside {@link ACCOUNT_SNAPSHOT_VERSION} in a cache that may be lost at any time. */
export function snapshotOf(account: SiteAccount): AccountSnapshot {
  return {
    siteId: account.siteId,
    organisationId: account.organisationId,
    country: account.country,
    activities: [...account.activities],
    openedAt: account.openedAt,
    batches: [...account.batches].map(([batchId, { labels, contentGrams, ...batch }]) => ({
      batchId,
      ...batch,
      contentGrams: { ...contentGrams },
      labels: [...labels],
    })),
    ...(account.heldBy && { heldBy: { ...account.heldBy } }),
    heldShipments: [...account.heldShipments],
    spent: [...account.spent],
    commands: [...account.commands].map(([commandId, { eventId, type, revision, requestSha256 }]) => ({
      commandId,
      eventId,
      type,
      revision: revision.toString(),
      ...(requestSha256 === undefined ? {} : { requestSha256 }),
    })),
    corrections: account.corrections.toJSON(),
    revision: account.revision.toString(),
  };
}

/** The account that {@link snapshotOf} gave, of the present version; shares nothing with the snapshot but replacements. */
export function accountFromSnapshot(snapshot: AccountSnapshot): SiteAccount {
  return {
    siteId: snapshot.siteId,
    organisationId: snapshot.organisationId,
    country: snapshot.country,
    activities: [...snapshot.activities],
    openedAt: snapshot.openedAt,
    batches: new Map(snapshot.batches.map(({ batchId, ...batch }) => [batchId, heldBatch(batch)])),
    ...(snapshot.heldBy && { heldBy: { ...snapshot.heldBy } }),
    heldShipments: new Map(snapshot.heldShipments),
    spent: new Set(snapshot.spent),
    commands: new Map(
      snapshot.commands.map(({ commandId, revision, ...command }) => [
        commandId,
        { ...command, revision: BigInt(revision) },
      ]),
    ),
    corrections: Corrections.from(snapshot.corrections),
    revision: BigInt(snapshot.revision),
  };
}

function heldBatch({ labels, contentGrams, ...batch }: Omit<BatchSnapshot, 'batchId'>): HeldBatch {
  return { ...batch, contentGrams: { ...contentGrams }, labels: new Map(labels) };
}
