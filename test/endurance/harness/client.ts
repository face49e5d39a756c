export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface RecordedEvent {
  readonly eventId: string;
  readonly stream: string;
  readonly revision: string;
  readonly position: string;
}

/** How long an answer may take before the request counts as hanging, milliseconds. */
const PATIENCE_MS = 60_000;

/** Talks to a ledger over HTTP, with a key that may do everything. */
export class Client {
  readonly #key: string;

  constructor(
    readonly url: string,
    key: string,
  ) {
    this.#key = key;
  }

  async request(method: string, path: string, body?: string, headers: Record<string, string> = {}): Promise<Answer> {
    const answer = await fetch(this.url + path, {
      method,
      headers: { authorization: `Bearer ${this.#key}`, ...headers },
      ...(body !== undefined && { body }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const text = await answer.text();
    const isJson = /[/+]json\b/.test(answer.headers.get('content-type') ?? '');
    return {
      status: answer.status,
      headers: answer.headers,
      body: (isJson ? JSON.parse(text) : { text }) as Answer['body'],
    };
  }

  get(path: string, headers?: Record<string, string>): Promise<Answer> {
    return this.request('GET', path, undefined, headers);
  }

  /** @param path below `/v1/` */
  post(path: string, body: unknown, idempotencyKey?: string): Promise<Answer> {
    return this.request('POST', `/v1/${path}`, JSON.stringify(body), {
      'content-type': 'application/json',
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    });
  }

  /** @throws Error with the problem when it is not recorded */
  async record(path: string, body: unknown, idempotencyKey?: string): Promise<readonly RecordedEvent[]> {
    const answer = await this.post(path, body, idempotencyKey);
    if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return eventsOf(answer);
  }

  /** Streams lines to a site and yields the answers as they arrive; an error ends them. */
  async *stream(site: string, lines: AsyncIterable<string>): AsyncGenerator<Record<string, unknown>> {
    const answer = await fetch(`${this.url}/v1/sites/${site}/commands`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#key}`, 'content-type': 'application/x-ndjson' },
      body: ReadableStream.from(encoded(lines)) as never,
      duplex: 'half',
    });
    if (answer.status !== 200) throw new Error(`the stream was answered ${answer.status}: ${await answer.text()}`);
    let rest = '';
    for await (const chunk of answer.body!.pipeThrough(
      new TextDecoderStream() as never,
    ) as unknown as AsyncIterable<string>) {
      const whole = (rest + chunk).split('\n');
      rest = whole.pop()!;
      for (const line of whole) yield JSON.parse(line) as Record<string, unknown>;
    }
  }
}

export function eventsOf({ body }: Pick<Answer, 'body'>): readonly RecordedEvent[] {
  return body['events'] as readonly RecordedEvent[];
}

async function* encoded(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const line of lines) yield Buffer.from(`${line}\n`);
}
