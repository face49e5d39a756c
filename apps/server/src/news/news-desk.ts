import { Injectable } from '@nestjs/common';
import { visibilityOf, type Principal } from '#access';
import { NewsQueries, ReadModelProgress, VerdictProgress, type NewsAnswer } from '#read-model';
import { Problem } from '../problem/problem.js';

/** Streams of news that one principal may have open, and all principals together. */
const STREAMS_OF_ONE = 8;
const STREAMS = 1_000;
/** A stream ends after this long, milliseconds: the key is checked again when the client reconnects. */
const LONGEST_STREAM_MS = 120_000;
/** Something is sent at least this often, milliseconds: proxies close silent connections. */
const HEARTBEAT_MS = 15_000;
/** How often to check whether the tables have grown while a client waits for that, milliseconds. */
const LOOK_MS = 250;
/** A reader that is further behind is told to reload, instead of what it missed. */
const MOST_MISSED = 10_000;
/** How long a client should first wait before it reconnects, milliseconds. */
const RETRY_MS = 1_000;
const COME_AGAIN_SECONDS = 5;

/** How far tables and verdicts have come. */
interface Progress {
  readonly size: number;
  readonly judgedUpTo: number;
}

/** Tells each caller what was recorded, as far as it may see it. */
@Injectable()
export class NewsDesk {
  readonly #news: NewsQueries;
  readonly #tables: ReadModelProgress;
  readonly #verdicts: VerdictProgress;
  readonly #streams = new Map<string, number>();
  readonly #waiting = new Set<() => void>();
  #all = 0;
  #looking: NodeJS.Timeout | undefined;

  constructor(news: NewsQueries, tables: ReadModelProgress, verdicts: VerdictProgress) {
    this.#news = news;
    this.#tables = tables;
    this.#verdicts = verdicts;
  }

  /** The log index of the last event that is in the tables; −1 before the first. */
  get last(): number {
    return this.#tables.logSize - 1;
  }

  /** Answers at once what was recorded after a log index. */
  after(principal: Principal, logIndex: number): Promise<NewsAnswer> {
    return this.#news.after(visibilityOf(principal), logIndex, this.#tables.logSize);
  }

  /**
   * Server-sent events: `news` for a recorded event, with its log index as id; `judged` when verdicts have advanced;
   * `anew` when so much was missed that the client should reload what it shows.
   * @param after the last log index that is known; undefined: from now on
   * @param gone aborted when nobody listens any more
   * @throws Problem `rate-limited`, `overloaded` beyond the streams that may be open
   */
  stream(principal: Principal, after: number | undefined, gone: AbortSignal): AsyncGenerator<string> {
    const close = this.#open(principal.principal);
    gone.addEventListener('abort', close, { once: true });
    if (gone.aborted) close();
    return this.#told(principal, after, gone, close);
  }

  #open(principal: string): () => void {
    const open = this.#streams.get(principal) ?? 0;
    if (open >= STREAMS_OF_ONE) {
      const detail = `${STREAMS_OF_ONE} streams of news are open with this key, which is its share.`;
      throw new Problem('rate-limited', detail, [], COME_AGAIN_SECONDS);
    }
    if (this.#all >= STREAMS)
      throw new Problem('overloaded', 'Too many streams of news are open.', [], COME_AGAIN_SECONDS);
    this.#streams.set(principal, open + 1);
    this.#all++;
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      this.#all--;
      const left = this.#streams.get(principal)! - 1;
      if (left === 0) this.#streams.delete(principal);
      else this.#streams.set(principal, left);
    };
  }

  async *#told(
    principal: Principal,
    after: number | undefined,
    gone: AbortSignal,
    close: () => void,
  ): AsyncGenerator<string> {
    try {
      const ends = performance.now() + LONGEST_STREAM_MS;
      let at = after === undefined || after > this.last ? this.last : after;
      let { judgedUpTo } = this.#progress();
      yield `retry: ${RETRY_MS}\n${idLine(at)}event: open\ndata: ${JSON.stringify({ logIndex: at, judgedUpTo })}\n\n`;
      if (this.last - at > MOST_MISSED) {
        at = this.last;
        yield `${idLine(at)}event: anew\ndata: {}\n\n`;
      }
      while (!gone.aborted && performance.now() < ends) {
        const { items, upTo } = await this.after(principal, at);
        for (const item of items) yield `id: ${item.logIndex}\nevent: news\ndata: ${JSON.stringify(item)}\n\n`;
        const isBehind = upTo < this.last;
        at = upTo;
        const now = this.#progress();
        if (now.judgedUpTo > judgedUpTo) {
          ({ judgedUpTo } = now);
          yield `event: judged\ndata: ${JSON.stringify({ judgedUpTo })}\n\n`;
        }
        if (isBehind) continue;
        const grew = await this.#growth(
          { size: at + 1, judgedUpTo },
          Math.min(HEARTBEAT_MS, ends - performance.now()),
          gone,
        );
        // After a reconnection a reader need not go through events again of which it was shown nothing.
        if (!grew) yield `${idLine(at)}: still here\n\n`;
      }
    } finally {
      close();
    }
  }

  #progress(): Progress {
    return { size: this.#tables.logSize, judgedUpTo: this.#verdicts.judgedUpTo };
  }

  /** Resolves to true once the ledger has advanced, to false when that takes too long. */
  #growth(seen: Progress, timeoutMs: number, gone: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (grew: boolean): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        gone.removeEventListener('abort', onGone);
        if (this.#waiting.size === 0) {
          clearInterval(this.#looking);
          this.#looking = undefined;
        }
        resolve(grew);
      };
      const look = (): void => {
        const now = this.#progress();
        if (now.size > seen.size || now.judgedUpTo > seen.judgedUpTo) end(true);
      };
      const onGone = (): void => end(false);
      const timer = setTimeout(() => end(false), Math.max(0, timeoutMs));
      gone.addEventListener('abort', onGone);
      this.#waiting.add(look);
      this.#looking ??= setInterval(() => {
        for (const each of this.#waiting) each();
      }, LOOK_MS);
      look();
    });
  }
}

/** An empty log has no last event. */
function idLine(at: number): string {
  return at < 0 ? '' : `id: ${at}\n`;
}
