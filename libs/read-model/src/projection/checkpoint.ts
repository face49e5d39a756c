import { type Kysely, type Transaction } from 'kysely';
import { type EventPlace, type EventStore, type StoredEvent } from '#event-store';
import { type ViewsSchema } from '../views/schema.js';
import { type Views } from '../views/views.js';

/** How far a projection has come: its last event, and how many events it holds. */
export interface Checkpoint {
  readonly logSize: number;
  readonly state: 'filling' | 'current' | 'retired';
  readonly last?: EventPlace;
}

/** Another process has advanced the projection: the projector must read its state again. */
class CheckpointMoved extends Error {
  override readonly name = 'CheckpointMoved';
}

export async function readCheckpoint({ writer, version }: Views): Promise<Checkpoint> {
  const row = await writer
    .selectFrom('projections')
    .selectAll()
    .where('version', '=', version)
    .executeTakeFirstOrThrow();
  const { position, stream, revision, event_id: eventId } = row;
  const started = position !== null && stream !== null && revision !== null && eventId !== null;
  return {
    logSize: row.log_size,
    state: row.state,
    ...(started && { last: { position: BigInt(position), stream, revision: BigInt(revision), eventId } }),
  };
}

/** Whether tables that are still being filled hold a correction. */
export async function hasCorrections({ writer }: Views): Promise<boolean> {
  return (await writer.selectFrom('corrections').select('log_index').limit(1).executeTakeFirst()) !== undefined;
}

/** Whether the tables have held their whole log once, and have all indexes. */
export async function areFilled({ db, version }: Views): Promise<boolean> {
  const row = await db.selectFrom('projections').select('state').where('version', '=', version).executeTakeFirst();
  return row?.state === 'current';
}

/**
 * Advances the checkpoint, in the transaction that writes the tables.
 * @throws CheckpointMoved when it is not where the projection began.
 */
export async function writeCheckpoint(
  tx: Transaction<ViewsSchema> | Kysely<ViewsSchema>,
  version: number,
  from: Checkpoint,
  last: StoredEvent,
  logSize: number,
): Promise<Checkpoint> {
  const { numUpdatedRows } = await tx
    .updateTable('projections')
    .set({
      log_size: logSize,
      position: last.position.toString(),
      stream: last.stream,
      revision: Number(last.revision),
      event_id: last.id,
    })
    .where('version', '=', version)
    .where('log_size', '=', from.logSize)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw new CheckpointMoved(`Projection ${version} is no longer at ${from.logSize} events`);
  const { position, stream, revision, id: eventId } = last;
  return { logSize, state: from.state, last: { position, stream, revision, eventId } };
}

/** Whether the log still holds the checkpoint's event where it was: a restored or exchanged log does not. */
export async function belongsTo(store: Pick<EventStore, 'holds'>, { last }: Checkpoint): Promise<boolean> {
  return last === undefined || store.holds(last);
}
