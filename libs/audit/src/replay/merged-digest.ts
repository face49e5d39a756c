import { createHash } from 'node:crypto';
import { hashBatch, type JudgedBatches, type OfBatch } from './verdict-digest.js';

/** What one thread has judged, in order, page by page. */
export interface JudgedShare extends Pick<JudgedBatches, 'lists' | 'isInUnits'> {
  /** Undefined after the last. */
  page(): Promise<readonly OfBatch[] | undefined>;
}

/** Batches of one page. */
const BATCHES_A_PAGE = 256;

export function shareOf(judged: JudgedBatches): JudgedShare {
  const { lists, isInUnits } = judged;
  const pages = pagesOf(judged);
  return { lists, isInUnits, page: () => Promise.resolve(pages.next().value) };
}

export function* pagesOf(judged: JudgedBatches): Generator<readonly OfBatch[], undefined> {
  let page: OfBatch[] = [];
  for (const batch of judged.inOrder()) {
    if (page.push(batch) < BATCHES_A_PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

interface Cursor {
  readonly share: JudgedShare;
  readonly lists: readonly Buffer[];
  page: readonly OfBatch[];
  at: number;
}

/** The digest of all that several threads have judged, hexadecimal: as if one had. @param giveTurn between pages */
export async function mergedDigest(shares: readonly JudgedShare[], giveTurn: () => Promise<void>): Promise<string> {
  const hash = createHash('sha256');
  const isInUnits = shares.every((share) => share.isInUnits);
  const isBefore = isInUnits
    ? (a: OfBatch, b: OfBatch) => a.batchId < b.batchId
    : (a: OfBatch, b: OfBatch) => Buffer.compare(Buffer.from(a.batchId), Buffer.from(b.batchId)) < 0;
  let cursors = shares.map((share): Cursor => ({
    share,
    lists: share.lists.map((list) => Buffer.from(list, 'utf8')),
    page: [],
    at: 0,
  }));
  for (;;) {
    for (const cursor of cursors) {
      if (cursor.at < cursor.page.length) continue;
      cursor.page = (await cursor.share.page()) ?? [];
      cursor.at = 0;
      await giveTurn();
    }
    cursors = cursors.filter(({ page }) => page.length > 0);
    const [first, ...others] = cursors;
    if (first === undefined) return hash.digest('hex');
    while (cursors.every(({ page, at }) => at < page.length)) {
      let next = first;
      for (const other of others) if (isBefore(other.page[other.at]!, next.page[next.at]!)) next = other;
      hashBatch(hash, next.lists, next.page[next.at++]!);
    }
  }
}
