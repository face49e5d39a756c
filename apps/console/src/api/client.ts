import { type ProblemDocument } from './answers.js';

/** A refusal by the ledger, from its problem document (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly status: number,
    /** The last part of the document's type, e.g. `not-found`. */
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    /** Seconds after which it makes sense to try again. */
    readonly retryAfter?: number | undefined,
  ) {
    super(detail || title);
  }
}

/** The address at which the recorded item can be followed, if the ledger gives one, and its position in the log. */
export interface Recorded {
  readonly location: string | null;
  readonly position: string | null;
}

/** The ledger did not respond: it is down, or the network is. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** Calls one ledger with one key, or with the token of a signed-in user. */
export class Client {
  readonly #bearer: () => string | undefined;

  /** @param bearer the key or token to send; read at each request, because tokens are renewed */
  constructor(bearer: () => string | undefined = () => undefined) {
    this.#bearer = bearer;
  }

  /** @throws Problem, Unreachable */
  async get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return (await (await this.open(path, signal)).json()) as T;
  }

  /** The response itself, for downloads. @throws Problem, Unreachable */
  async open(path: string, signal?: AbortSignal, headers: Record<string, string> = {}): Promise<Response> {
    return this.#send(path, { signal: signal ?? null, headers });
  }

  /** @throws Problem, Unreachable */
  async post<T>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<T> {
    const sent = { 'content-type': 'application/json', ...headers };
    const answer = await this.#send(path, { method: 'POST', body: JSON.stringify(body), headers: sent });
    return (await answer.json()) as T;
  }

  /** Records a command; the same key with the same body is recorded only once. @throws Problem, Unreachable */
  async record(path: string, body: unknown, idempotencyKey: string): Promise<Recorded> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': idempotencyKey };
    const answer = await this.#send(path, { method: 'POST', body: JSON.stringify(body), headers });
    return { location: answer.headers.get('location'), position: answer.headers.get('ledger-position') };
  }

  /** Sends NDJSON; returns the answer to each line. @throws Problem, Unreachable */
  async postLines(path: string, lines: readonly string[]): Promise<unknown[]> {
    const headers = { 'content-type': 'application/x-ndjson' };
    const answer = await this.#send(path, { method: 'POST', body: `${lines.join('\n')}\n`, headers });
    return (await answer.text())
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown);
  }

  async #send(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    const bearer = this.#bearer();
    if (bearer !== undefined) headers.set('authorization', `Bearer ${bearer}`);
    let answer: Response;
    try {
      answer = await fetch(path, { ...init, headers, cache: 'no-store' });
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw error;
      throw new Unreachable('The ledger is not responding.');
    }
    if (!answer.ok) throw await problemOf(answer);
    return answer;
  }
}

async function problemOf(answer: Response): Promise<Error> {
  if (answer.status === 502 || answer.status === 504) return new Unreachable('The ledger is not responding.');
  try {
    const { type = '', title = '', detail = '' } = (await answer.json()) as Partial<ProblemDocument>;
    const seconds = Number(answer.headers.get('retry-after') ?? NaN);
    const retryAfter = Number.isFinite(seconds) ? seconds : undefined;
    return new Problem(answer.status, type.split(':').at(-1) ?? '', title, detail, retryAfter);
  } catch {
    return new Problem(answer.status, '', answer.statusText, '');
  }
}
