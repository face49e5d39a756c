import { type Kysely } from 'kysely';
import { LRUCache } from 'lru-cache';
import { isPseudonym, redact, refsOf, type AnyPart, type IdKind, type Visibility } from '#access';
import { type ViewsSchema } from '../views/schema.js';
import { slot, Statement } from '../views/statement.js';
import { type Views } from '../views/views.js';
import { IdLookup } from '../views/id-lookup.js';
import { knowsBatch, knowsOrganisation, reader } from './known.js';
import { ReaderNames } from './reader-names.js';

type Database = Kysely<ViewsSchema>;

/** The batches or shipments that a list is about. */
export interface Scope {
  readonly siteId?: string;
  readonly seenBy?: string;
}

/** Readers whose pseudonyms of the registry are kept in memory. */
const READERS_KEPT = 64;

type RegistryKind = Extract<IdKind, 'site' | 'organisation'>;

/**
 * Resolves the ids in a query and redacts its answer for the caller. An organisation finds nothing by an id that it does
 * not know; by a pseudonym it finds what it was shown under it.
 */
export class Redactor {
  readonly #names;
  readonly #batch;
  readonly #batchUnderPseudonym;
  readonly #seen;
  readonly #site;
  readonly #organisation;
  readonly #ownSite;
  readonly #siteIds;
  readonly #organisationIds;
  /** Reader and kind → pseudonym → id. */
  readonly #registries = new LRUCache<string, ReadonlyMap<string, string>>({ max: READERS_KEPT });
  readonly #db: Database;

  readonly #views: Views;

  constructor(views: Views) {
    this.#views = views;
    const { db } = views;
    this.#db = db;
    this.#names = new ReaderNames(db, views.records, views.pseudonyms);
    const id = slot<string>('id');
    const visibleBatches = db
      .selectFrom('visible_batches')
      .select('visible_batches.batch_id as id')
      .where('visible_batches.organisation_id', '=', reader);
    this.#batch = new Statement(visibleBatches.where('visible_batches.batch_id', '=', id).where(knowsBatch()));
    this.#batchUnderPseudonym = new Statement(visibleBatches.where('visible_batches.pseudonym', '=', id));
    this.#seen = new IdLookup((ids) => visibleBatches.where('visible_batches.batch_id', 'in', ids));
    this.#site = new Statement(
      db
        .selectFrom('sites')
        .select('sites.site_id as id')
        .where('sites.site_id', '=', id)
        .where(knowsOrganisation('sites.organisation_id')),
    );
    this.#organisation = new Statement(
      db
        .selectFrom('organisations')
        .select('organisations.organisation_id as id')
        .where('organisations.organisation_id', '=', id)
        .where(knowsOrganisation('organisations.organisation_id')),
    );
    this.#ownSite = new Statement(
      db.selectFrom('sites').select('site_id as id').where('site_id', '=', id).where('organisation_id', '=', reader),
    );
    this.#siteIds = new Statement(db.selectFrom('sites').select('site_id as id'));
    this.#organisationIds = new Statement(db.selectFrom('organisations').select('organisation_id as id'));
  }

  /** The answer as the caller may see it. */
  async show<T>(visibility: Visibility, redaction: AnyPart, answer: T): Promise<T> {
    if (visibility.sees !== 'organisation') return answer;
    const names = await this.#names.load(visibility.organisationId, refsOf(redaction, answer));
    return redact(redaction, answer, names);
  }

  /** The batch that the caller means; undefined when there is none that it sees. */
  async batch(visibility: Visibility, asked: string): Promise<string | undefined> {
    if (visibility.sees === 'everything') return asked;
    if (visibility.sees === 'registry') return undefined;
    const values = { reader: visibility.organisationId, id: asked };
    const [known] = await this.#batch.run(this.#db, values);
    if (known || !isPseudonym('batch', asked)) return known?.id;
    const [shown] = await this.#batchUnderPseudonym.run(this.#db, values);
    return shown?.id;
  }

  /**
   * The part of a list of batches, perhaps of one site, that the caller may see; undefined when there is none.
   * @returns `seenBy`: only what this organisation sees. At its own sites it sees all, and knows all by name.
   */
  async scope(visibility: Visibility, askedSite: string | undefined): Promise<Scope | undefined> {
    if (visibility.sees === 'registry') return undefined;
    const siteId = askedSite === undefined ? undefined : await this.site(visibility, askedSite);
    if (askedSite !== undefined && siteId === undefined) return undefined;
    const place = siteId === undefined ? {} : { siteId };
    if (visibility.sees === 'everything') return place;
    const { organisationId } = visibility;
    const isOwn = siteId !== undefined && (await this.isOwnSite(organisationId, siteId));
    return isOwn ? place : { ...place, seenBy: organisationId };
  }

  /** Of these batches, those that an organisation sees. */
  async seen(organisationId: string, batchIds: readonly string[]): Promise<Set<string>> {
    const rows = await this.#seen.find(this.#db, batchIds, { reader: organisationId });
    return new Set(rows.map((row) => row.id));
  }

  /** Of these events, those whose names an organisation may know. */
  async knownEvents(organisationId: string, eventIds: readonly string[]): Promise<Set<string>> {
    const refs = eventIds.map((id) => ({ kind: 'event', id }) as const);
    const names = await this.#names.load(organisationId, refs);
    return new Set(refs.filter((ref) => names.named(ref)).map(({ id }) => id));
  }

  /** The site that the caller means; undefined when there is none that it knows of. */
  async site(visibility: Visibility, asked: string): Promise<string | undefined> {
    if (visibility.sees !== 'organisation') return asked;
    const [known] = await this.#site.run(this.#db, { reader: visibility.organisationId, id: asked });
    return known?.id ?? this.#registered(visibility.organisationId, 'site', asked);
  }

  async isOwnSite(organisationId: string, siteId: string): Promise<boolean> {
    return (await this.#ownSite.run(this.#db, { reader: organisationId, id: siteId })).length > 0;
  }

  async organisation(visibility: Visibility, asked: string): Promise<string | undefined> {
    if (visibility.sees !== 'organisation') return asked;
    const [known] = await this.#organisation.run(this.#db, { reader: visibility.organisationId, id: asked });
    return known?.id ?? this.#registered(visibility.organisationId, 'organisation', asked);
  }

  /** Such a pseudonym cannot be made up: the caller was shown it in an answer about something that it sees. */
  async #registered(readerId: string, kind: RegistryKind, asked: string): Promise<string | undefined> {
    if (!isPseudonym(kind, asked)) return undefined;
    const kept = this.#registries.get(`${readerId}\n${kind}`);
    if (kept?.has(asked)) return kept.get(asked);
    const ids = await (kind === 'site' ? this.#siteIds : this.#organisationIds).run(this.#db, {});
    if (ids.length === kept?.size) return undefined;
    const all = new Map(ids.map(({ id }) => [this.#views.pseudonyms.of(readerId, kind, id), id]));
    this.#registries.set(`${readerId}\n${kind}`, all);
    return all.get(asked);
  }
}
