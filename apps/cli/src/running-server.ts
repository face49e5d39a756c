import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'server.json';

/** A server running on a data folder, and the token by which it recognises the folder's owner. */
interface ServerOnFolder {
  readonly url: string;
  readonly token: string;
}

/** Announces, in the data folder, the server running on it, for commands that must go through it. */
export function announceServer(dataFolder: string, { url, token }: ServerOnFolder): () => void {
  const path = join(dataFolder, FILE);
  rmSync(path, { force: true }); // the mode is that of a new file only
  writeFileSync(path, `${JSON.stringify({ url, pid: process.pid, token })}\n`, { mode: 0o600 });
  return () => rmSync(path, { force: true });
}

/** The server running on this folder, if there is one and it answers. */
export async function serverOn(dataFolder: string): Promise<ServerOnFolder | undefined> {
  try {
    const { url, token } = JSON.parse(readFileSync(join(dataFolder, FILE), 'utf8')) as ServerOnFolder;
    const answer = await fetch(new URL('/health/live', url), { signal: AbortSignal.timeout(2_000) });
    return answer.ok ? { url, token } : undefined;
  } catch {
    return undefined; // never started, or killed: its announcement means nothing
  }
}
