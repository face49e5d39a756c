import { type Kysely, type Transaction } from 'kysely';
import { type BatchNode, type GraphEvent, type ProvenanceGraph } from '#claims';
import { takenBy, type BatchLabelled, type LedgerEvent, type OrganisationRegistered, type SiteEvent } from '#custody';
import { type SearchedKind, type ViewsSchema } from '../views/schema.js';
import { KIND_MARKS } from '../views/trigrams.js';
import { TableWriter } from './table-writer.js';

type Tx = Transaction<ViewsSchema>;

/** Entries that one event may bring: its log index times this, plus their order in it, is the key of each. */
const ENTRIES_OF_AN_EVENT = 2 ** 20;

interface SiteName {
  readonly siteId: string;
  readonly name: unknown;
}

/**
 * What batches, sites and organisations are found by: ids, names, materials, labels, as the log brings them. Nothing is ever
 * removed: what a correction changes is added beside it, and a search looks at the present state of what it found.
 */
export class SearchIndex {
  readonly #entries;
  readonly #texts;

  constructor(db: Kysely<ViewsSchema>) {
    this.#entries = new TableWriter(db, 'search_entries', ['entry', 'kind', 'id']);
    this.#texts = new TableWriter(db, 'search_texts', ['rowid', 'text']);
  }

  /** Takes an event that is no correction. @param graph with the event in it */
  note(event: GraphEvent, graph: ProvenanceGraph): void {
    const { type, data, logIndex } = event;
    if (type === 'OrganisationRegistered') {
      const { organisationId, name } = data as OrganisationRegistered;
      this.#add(logIndex, 0, 'organisation', organisationId, [name]);
    } else if (type === 'SiteOpened') {
      const { siteId, name } = data as SiteName;
      this.#add(logIndex, 0, 'site', siteId, [name]);
    } else if (type === 'BatchLabelled') {
      const { batchId, labelId, value } = data as BatchLabelled;
      this.#add(logIndex, 0, 'batch', batchId, [labelId, value]);
    } else if (event.stream.startsWith('site-')) {
      const taken = takenBy({ type, data } as Pick<LedgerEvent<SiteEvent>, 'type' | 'data'>);
      for (const [order, { kind, id }] of taken.entries()) {
        if (kind === 'batch') this.#add(logIndex, order, 'batch', id, [graph.batches.get(id)?.material]);
      }
    }
  }

  /** Batches, and perhaps a site, as a correction left them. */
  noteCorrected(logIndex: number, batches: readonly BatchNode[], site: SiteName | undefined): void {
    // The database gives them in any order, and another when it has other indexes.
    const sorted = [...batches].sort((one, other) => (one.batchId < other.batchId ? -1 : 1));
    for (const [order, { batchId, material, labels }] of sorted.entries()) {
      const texts = labels.flatMap(({ labelId, value }) => [labelId, value]);
      this.#add(logIndex, order, 'batch', batchId, [material, ...texts]);
    }
    if (site) this.#add(logIndex, batches.length, 'site', site.siteId, [site.name]);
  }

  async flush(tx: Tx): Promise<void> {
    await this.#entries.flush(tx);
    await this.#texts.flush(tx);
  }

  discard(): void {
    this.#entries.discard();
    this.#texts.discard();
  }

  #add(logIndex: number, order: number, kind: SearchedKind, id: string, texts: readonly unknown[]): void {
    const entry = logIndex * ENTRIES_OF_AN_EVENT + order;
    // What is withheld is not a text, and nothing is found by it.
    const words = [id, ...texts.filter((text) => typeof text === 'string')];
    this.#entries.add({ entry, kind, id });
    this.#texts.add({ rowid: entry, text: `${KIND_MARKS[kind]}${words.join('\n')}` });
  }
}
