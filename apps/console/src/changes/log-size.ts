import { type Client } from '../api/client.js';

/** Number of events that the last checkpoint covers: the second line of the checkpoint (C2SP tlog-checkpoint). */
export async function sizeOfLog(client: Client, signal: AbortSignal): Promise<number> {
  const note = await (await client.open('/v1/audit/checkpoint', signal)).text();
  return Number(note.split('\n')[1]);
}
