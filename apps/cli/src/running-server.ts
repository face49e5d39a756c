import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'server.json';

/** Leaves word in the data folder of the server that works on it, for the commands that must go through it. */
export function announceServer(dataFolder: string, url: string): () => void {
  const path = join(dataFolder, FILE);
  writeFileSync(path, `${JSON.stringify({ url, pid: process.pid })}\n`);
  return () => rmSync(path, { force: true });
}

/** The address of the server that works on this folder, if one does and answers. */
export async function serverOn(dataFolder: string): Promise<string | undefined> {
  try {
    const { url } = JSON.parse(readFileSync(join(dataFolder, FILE), 'utf8')) as { url: string };
    const answer = await fetch(new URL('/health/live', url), { signal: AbortSignal.timeout(2_000) });
    return answer.ok ? url : undefined;
  } catch {
    return undefined; // never started, or ended without a word: its announcement means nothing
  }
}
