import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type Role } from '#access';
import {
  openLedger,
  readConfiguration,
  serve,
  type CommandDesk,
  type Ledger,
  type ServeOptions,
} from '../../apps/server/src/index.js';

/** Key of the ledger's administrator. */
export const ADMINISTRATOR_KEY = 'test-administrator-key';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}
/** An answer as a client sees it. */
export interface Json {
  readonly [field: string]: Json;
}

/** Headers of a request with this key. */
export function bearer(key: string): { authorization: string } {
  return { authorization: `Bearer ${key}` };
}

function isSentAsItIs(body: unknown): body is string | Uint8Array<ArrayBuffer> {
  return typeof body === 'string' || body instanceof Uint8Array;
}

/** A real ledger behind a real socket, with a data folder of its own. */
export class RunningLedger {
  readonly #end: () => Promise<void>;

  private constructor(
    readonly url: string,
    readonly ledger: Ledger,
    readonly folder: string,
    /** Records without a socket, as an import in the server's own process does. */
    readonly desk: CommandDesk,
    /** The operator's key, with which requests are sent by default. */
    readonly key: string,
    end: () => Promise<void>,
  ) {
    this.#end = end;
  }

  /**
   * @param variables besides the data folder and the key, e.g. another event store
   * @param serving options that the command line does not set, e.g. the folder of the built console
   */
  static async start(
    variables: Record<string, string> = {},
    folder?: string,
    log = pino({ level: 'silent' }),
    serving: Partial<ServeOptions> = {},
  ): Promise<RunningLedger> {
    process.umask(0o077); // as the command line does, since the server warns about files that others can read
    const dataFolder = folder ?? (await mkdtemp(join(tmpdir(), 'lodebook-')));
    const configuration = readConfiguration({
      LODEBOOK_DATA: dataFolder,
      LODEBOOK_ADMIN_KEY: ADMINISTRATOR_KEY,
      ...variables,
    });
    const ledger = await openLedger(configuration, log);
    const server = await serve(ledger, { ...configuration, host: '127.0.0.1', port: 0, ...serving });
    return new RunningLedger(server.url, ledger, dataFolder, server.desk, server.operatorToken, async () => {
      await server.close();
      await ledger.close();
    });
  }

  /** Stops the server; the folder is kept, so that it can be started again. */
  stop(): Promise<void> {
    return this.#end();
  }

  async dispose(): Promise<void> {
    await this.#end();
    await rm(this.folder, { recursive: true, force: true });
  }

  async request(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const answer = await fetch(this.url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: isSentAsItIs(body) ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const json = /[/+]json\b/.test(answer.headers.get('content-type') ?? ''); // not x-ndjson
    return {
      status: answer.status,
      headers: answer.headers,
      body: (json && text !== '' ? JSON.parse(text) : { text }) as Json,
    };
  }

  /** Issues a key of a registered organisation, as the administrator. */
  async issueKey(organisationId: string, role: Role): Promise<string> {
    const answer = await this.post(
      `organisations/${organisationId}/api-keys`,
      { label: role, role },
      bearer(ADMINISTRATOR_KEY),
    );
    if (answer.status !== 201) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body['key'] as unknown as string;
  }

  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer> {
    return this.request('POST', `/v1/${path}`, body, headers);
  }

  /** Reads once the read model has reached a position. */
  get(path: string, position?: string | null): Promise<Answer> {
    return this.request('GET', `/v1/${path}`, undefined, position ? { 'ledger-position': position } : {});
  }

  /** Records, or fails the test with the problem. @returns the position to read one's own write with */
  async record(path: string, body: unknown, headers?: Record<string, string>): Promise<string> {
    const answer = await this.post(path, body, headers);
    if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.headers.get('ledger-position')!;
  }
}
