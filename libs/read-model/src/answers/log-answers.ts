/** The answers about recorded events: in a batch's history, one by one, and in the news. */
import {
  flag,
  ids,
  jsonObject,
  list,
  object,
  oneOf,
  pattern,
  term,
  wholeNumber,
  eventRef,
  type AnswerOf,
  type RecordedOf,
} from '#vocabulary';

/** A ledger record as it is hashed. `redaction/record-redactions.ts` says what readers see of each type. */
const RECORD = {
  id: eventRef(),
  stream: term({ example: 'site-aosora-hydroxide' }),
  revision: term({ description: 'Index in the stream, decimal', example: '12' }),
  type: term({ example: 'BatchRegistered' }),
  data: jsonObject(),
  metadata: jsonObject(),
};
export type RecordAnswer = RecordedOf<typeof RECORD>;

export const HISTORY_ENTRY = {
  name: 'HistoryEntry',
  fields: {
    logIndex: wholeNumber({ description: '0-based index of the leaf' }),
    leafHash: pattern(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits', {
      description: 'SHA-256(0x00 ‖ canonical record), hex; RFC 9162 section 2.1.1',
    }),
    record: object('Record', RECORD),
  },
};
export type HistoryEntry = AnswerOf<typeof HISTORY_ENTRY>;
export type LoggedRecord = Pick<HistoryEntry, 'logIndex' | 'record'>;

const EVENT_LINKS = ['self', 'site', 'organisation', 'corrects', 'corrected-by', 'batch', 'inclusion-proof'] as const;
const EVENT_LINK = {
  rel: oneOf(EVENT_LINKS),
  id: term({ optional: true, description: 'Of what it leads to, as the caller may know it' }),
  href: term({ description: 'Path of the API', example: '/v1/batches/battery-5-b' }),
};
export type EventLink = RecordedOf<typeof EVENT_LINK>;

/** One recorded event, and what it is about. */
export const EVENT_ANSWER = {
  name: 'Event',
  fields: {
    ...HISTORY_ENTRY.fields,
    eventId: eventRef({ description: 'Its id, or the pseudonym under which you may know it' }),
    position: term({ optional: true, description: 'Place in the ledger’s global order, decimal; of a whole record' }),
    whole: flag({ description: 'The record is the one that is hashed, with nothing replaced or left out' }),
    links: list('EventLink', EVENT_LINK),
  },
};
export type EventAnswer = AnswerOf<typeof EVENT_ANSWER>;

export const NEWS_ITEM = {
  logIndex: wholeNumber(),
  eventId: eventRef({ description: 'Or its pseudonym' }),
  type: term({ example: 'BatchesDispatched' }),
  batchIds: ids('batch', { description: 'That it touches and you see, 20 at most' }),
};
export const NEWS_ANSWER = {
  name: 'News',
  fields: {
    items: list('NewsItem', NEWS_ITEM, { description: 'In the order of the log, 200 at most' }),
    upTo: wholeNumber({ description: 'The next `after`; −1 for an empty log', min: -1 }),
  },
};
export type NewsAnswer = AnswerOf<typeof NEWS_ANSWER>;
export type NewsItem = NewsAnswer['items'][number];
