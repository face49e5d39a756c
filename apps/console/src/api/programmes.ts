import { type Page, type Programme } from './answers.js';
import { type Client } from './client.js';
import { useAsked, type Answer } from './use-answer.js';

/**
 * The programmes of this ledger. They do not change while the ledger runs, so news does not reload them or what depends on
 * them.
 */
export function useProgrammes(): Answer<readonly Programme[]> {
  return useAsked(programmesOf, false);
}

async function programmesOf(client: Client, signal: AbortSignal): Promise<readonly Programme[]> {
  return (await client.get<Page<Programme>>('/v1/programmes', signal)).items;
}
