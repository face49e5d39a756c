import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LEDGER_FILE, openSqliteEventStoreReadOnly } from '#event-store';
import { type Client } from './client.js';
import { type LoggedEvent } from './journal.js';
import { lodebook } from './ledger-process.js';
import { promise } from './program.js';

/** Reads the log of a data folder from its file; a server may be running on it. */
export async function logOf(folder: string): Promise<LoggedEvent[]> {
  const store = openSqliteEventStoreReadOnly(join(folder, LEDGER_FILE));
  try {
    const events: LoggedEvent[] = [];
    for await (const { id, type, position, data } of store.readAll()) events.push({ id, type, position, data });
    return events;
  } finally {
    await store.close();
  }
}

interface FsckReport {
  readonly events: number;
  readonly signedSize: number;
  readonly viewsCompared: boolean;
  readonly findings: readonly { readonly part: string; readonly finding: string }[];
}

/** What a client keeps to check a log against: its first key, and the checkpoints it was shown. */
export class Witness {
  readonly #paths: string[] = [];
  #key: string | undefined;

  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get checkpoints(): number {
    return this.#paths.length;
  }

  async look(client: Client): Promise<void> {
    const { body: keys } = await client.get('/v1/audit/keys');
    this.#key ??= String(keys['first']);
    const answer = await client.get('/v1/audit/checkpoint');
    if (answer.status !== 200) return; // nothing is signed yet
    const path = join(this.#folder, `seen-${this.#paths.length}.txt`);
    await writeFile(path, String(answer.body['text']));
    this.#paths.push(path);
  }

  /**
   * Runs `lodebook fsck` with everything that was seen: the log is what was signed, the tree follows from it, and the
   * read tables equal rebuilt ones.
   * @param variables for the ledger: where its log is, unless in the folder
   * @throws BrokenPromise with its findings
   */
  async examine(dataFolder: string, variables: Readonly<Record<string, string>> = {}): Promise<FsckReport> {
    const checkpoints = this.#paths.flatMap((path) => ['--checkpoint', path]);
    const key = this.#key === undefined ? [] : ['--key', this.#key];
    const { code, stdout, stderr } = await lodebook(['fsck', '--json', ...key, ...checkpoints], dataFolder, variables);
    promise(stdout !== '', () => `fsck ended with ${code}: ${stderr}`);
    const report = JSON.parse(stdout) as FsckReport;
    promise(report.findings.length === 0 && code === 0, () => `fsck found ${JSON.stringify(report.findings)}`);
    promise(report.viewsCompared, () => 'fsck could not compare the read tables');
    return report;
  }
}
