import { type Activity } from '../terms.js';
import { Corrections } from './corrections.js';
import { type GoneBatch, type HeldBatch, type Holder, type SiteAccount } from './site-account.js';

/** Changes whenever a snapshot written before would be read wrongly; a snapshot of another version is thrown away. */
export const ACCOUNT_SNAPSHOT_VERSION = 5;

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
  gone: GoneSnapshot[];
  commands: { commandId: string; revision: string; eventId: string; type: string; requestSha256?: string }[];
  corrections: ReturnType<Corrections['toJSON']>;
  /** Decimal. */
  revision: string;
}
interface BatchSnapshot extends Omit<HeldBatch, 'labels'> {
  batchId: string;
  /** Label id and since when. */
  labels: [string, string][];
}
interface GoneSnapshot extends Omit<GoneBatch, 'labels'> {
  batchId: string;
  labels: [string, string][];
}

/** The account as JSON, to be kept beside {@link ACCOUNT_SNAPSHOT_VERSION} in a cache that may be lost at any time. */
export function snapshotOf(account: SiteAccount): AccountSnapshot {
  return {
    siteId: account.siteId,
    organisationId: account.organisationId,
    country: account.country,
    activities: [...account.activities],
    openedAt: account.openedAt,
    batches: [...account.batches].map(([batchId, batch]) => ({ batchId, ...asJson(batch) })),
    ...(account.heldBy && { heldBy: { ...account.heldBy } }),
    heldShipments: [...account.heldShipments],
    gone: [...account.gone].map(([batchId, batch]) => ({ batchId, ...asJson(batch) })),
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
    batches: new Map(snapshot.batches.map(({ batchId, ...batch }) => [batchId, fromJson(batch)])),
    ...(snapshot.heldBy && { heldBy: { ...snapshot.heldBy } }),
    heldShipments: new Map(snapshot.heldShipments),
    gone: new Map(snapshot.gone.map(({ batchId, ...batch }) => [batchId, fromJson(batch)])),
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

type Labels = Pick<HeldBatch, 'labels' | 'contentGrams'>;

function asJson<Batch extends Labels>(batch: Batch): Omit<Batch, 'labels'> & { labels: [string, string][] } {
  return { ...batch, contentGrams: { ...batch.contentGrams }, labels: [...batch.labels] };
}

function fromJson<Batch extends Pick<BatchSnapshot, 'labels' | 'contentGrams'>>(
  batch: Batch,
): Omit<Batch, 'labels'> & { labels: Map<string, string> } {
  return { ...batch, contentGrams: { ...batch.contentGrams }, labels: new Map(batch.labels) };
}
