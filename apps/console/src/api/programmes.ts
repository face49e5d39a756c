import { type Page, type Programme } from './answers.js';
import { type Client } from './client.js';
import { useAsked, type Answer } from './use-answer.js';

/** The programmes of this ledger. No news changes them, and what is asked for each of them is not asked anew by any. */
export function useProgrammes(): Answer<readonly Programme[]> {
  return useAsked(programmesOf, false);
}

async function programmesOf(client: Client, signal: AbortSignal): Promise<readonly Programme[]> {
  return (await client.get<Page<Programme>>('/v1/programmes', signal)).items;
}
