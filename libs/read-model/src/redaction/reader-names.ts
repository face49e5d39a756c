import { type Kysely } from 'kysely';
import { NOT_SHOWN, redact, refsOf, type IdKind, type Names, type Pseudonyms, type Ref } from '#access';
import { type BatchNode, type EventMark, type Label } from '#claims';
import { canonicalText } from '#transparency';
import { BatchLoader } from '../chains/batch-tables.js';
import { streamKey } from '../chains/evidence.js';
import { LOGGED_COLUMNS, recordsOfRows } from '../chains/logged-event.js';
import { type RecordAnswer } from '../answers/index.js';
import { IdLookup } from '../views/id-lookup.js';
import { type Records } from '../views/records.js';
import { type ViewsSchema } from '../views/schema.js';
import { knowsBatch, knowsOrganisation, reader } from './known.js';
import { CorrectedTypes } from './corrected-types.js';
import { authorsOf, recordRedaction } from './record-redactions.js';

type Database = Kysely<ViewsSchema>;

/**
 * What an organisation may see by name in an answer: looked up in bulk, at a cost proportional to what the answer
 * mentions.
 */
export class ReaderNames {
  readonly #organisations;
  readonly #sites;
  readonly #batches;
  readonly #shipments;
  readonly #stored;
  readonly #events;
  readonly #attestations;
  readonly #concerns;
  readonly #corrected;

  readonly #db: Database;
  readonly #records: Records;
  readonly #pseudonyms: Pseudonyms;

  constructor(db: Database, records: Records, pseudonyms: Pseudonyms) {
    this.#db = db;
    this.#records = records;
    this.#pseudonyms = pseudonyms;
    this.#organisations = new IdLookup((ids) =>
      db
        .selectFrom('organisations')
        .select('organisations.organisation_id as id')
        .where('organisations.organisation_id', 'in', ids)
        .where(knowsOrganisation('organisations.organisation_id')),
    );
    this.#sites = new IdLookup((ids) =>
      db
        .selectFrom('sites')
        .select(['sites.site_id as id', 'sites.organisation_id as owner'])
        .where('sites.site_id', 'in', ids)
        .where(knowsOrganisation('sites.organisation_id')),
    );
    this.#batches = new IdLookup((ids) =>
      db
        .selectFrom('visible_batches')
        .select((row) => [
          'visible_batches.batch_id as id',
          row.case().when(knowsBatch()).then(1).else(0).end().as('known'),
        ])
        .where('visible_batches.organisation_id', '=', reader)
        .where('visible_batches.batch_id', 'in', ids),
    );
    // The sender chose its id.
    this.#shipments = new IdLookup((ids) =>
      db
        .selectFrom('shipments')
        .innerJoin('sites', 'sites.site_id', 'shipments.consignor_site_id')
        .select('shipments.shipment_id as id')
        .where('shipments.shipment_id', 'in', ids)
        .where(knowsOrganisation('sites.organisation_id')),
    );
    this.#stored = new BatchLoader(db);
    this.#events = new IdLookup((ids) => db.selectFrom('events').select(LOGGED_COLUMNS).where('event_id', 'in', ids));
    this.#attestations = new IdLookup((ids) =>
      db
        .selectFrom('attestations')
        .select(['attestation_id as id', 'issuer_organisation_id as issuer'])
        .where('attestation_id', 'in', ids),
    );
    // A concern is known to whoever raised it, and to the organisation of the site once it is no longer hidden from it.
    this.#concerns = new IdLookup((ids) =>
      db
        .selectFrom('concerns')
        .innerJoin('sites', 'sites.site_id', 'concerns.site_id')
        .select(['concerns.concern_id as id', 'concerns.raised_by_organisation as raiser'])
        .where('concerns.concern_id', 'in', ids)
        .where((row) =>
          row.or([
            row('concerns.raised_by_organisation', '=', reader),
            row.and([row('sites.organisation_id', '=', reader), row('concerns.hidden', '=', 0)]),
          ]),
        ),
    );
    this.#corrected = new CorrectedTypes(db);
  }

  /** @param refs everything whose name the answer needs */
  async load(readerId: string, refs: readonly Ref[]): Promise<Names> {
    const wanted = new Wanted(refs);
    const records = await this.#recordsOf(wanted);
    const nodes = await this.#labelledNodes(wanted);
    for (const node of nodes.values()) for (const siteId of sitesOf(node)) wanted.add({ kind: 'site', id: siteId });
    const issuers = await this.#issuersOf(wanted);
    const values = { reader: readerId };
    const concerns = await this.#concerns.find(this.#db, wanted.streams('concern'), values);
    const sites = await this.#sites.find(this.#db, wanted.ids('site'), values);
    const organisations = await this.#organisations.find(this.#db, wanted.ids('organisation'), values);
    const batches = await this.#batches.find(this.#db, wanted.ids('batch'), values);
    const shipments = await this.#shipments.find(this.#db, wanted.ids('shipment'), values);
    return new LoadedNames(readerId, this.#pseudonyms, {
      sites: new Map(sites.map(({ id, owner }) => [id, owner])),
      organisations: new Set(organisations.map(({ id }) => id)),
      batches: new Map(batches.map(({ id, known }) => [id, known === 1])),
      shipments: new Set(shipments.map(({ id }) => id)),
      concerns: new Map(concerns.map(({ id, raiser }) => [id, raiser])),
      records,
      issuers,
      nodes,
    });
  }

  /** Whether an event is known by name depends on everything in its record; a correction's record names another event. */
  async #recordsOf(wanted: Wanted): Promise<Map<string, Recorded>> {
    const records = new Map<string, Recorded>();
    for (;;) {
      const rows = await this.#events.find(
        this.#db,
        wanted.ids('event').filter((id) => !records.has(id)),
      );
      if (rows.length === 0) return records;
      const read = await recordsOfRows(this.#records, this.#db, rows);
      const corrections = read.filter(({ record }) => record.type === 'RecordCorrected');
      const types = await this.#corrected.of(corrections.map(({ logIndex, record }) => ({ logIndex, id: record.id })));
      for (const { logIndex, record } of read) {
        const redaction = recordRedaction(types);
        records.set(record.id, { logIndex, record, redaction });
        for (const ref of [...authorsOf(record), ...refsOf(redaction, record)]) wanted.add(ref);
      }
    }
  }

  async #labelledNodes(wanted: Wanted): Promise<Map<string, PlacedBatch>> {
    const ids = [...new Set(wanted.ids('label').map((id) => id.slice(0, id.indexOf('\n'))))];
    for (const id of ids) wanted.add({ kind: 'batch', id });
    const nodes = await this.#stored.withStays(this.#db, ids);
    return new Map(nodes.map((node) => [node.batchId, node]));
  }

  async #issuersOf(wanted: Wanted): Promise<Map<string, string>> {
    const rows = await this.#attestations.find(this.#db, wanted.streams('attestation'));
    for (const { issuer } of rows) wanted.add({ kind: 'organisation', id: issuer });
    return new Map(rows.map(({ id, issuer }) => [id, issuer]));
  }
}

/** A batch with where it has been. */
type PlacedBatch = Omit<BatchNode, 'uses'>;

/** Ids to be looked up, by kind; a stream counts as the object it belongs to. */
class Wanted {
  readonly #ids = new Map<string, Set<string>>();

  constructor(refs: readonly Ref[]) {
    for (const ref of refs) this.add(ref);
  }

  add({ kind, id }: Ref): void {
    const [one = '', two = ''] = id.split('\n');
    if (kind === 'addressee') {
      this.#put('site', one);
      this.#put('site', two);
    } else if (kind === 'subject') {
      this.#put('stream concern', one);
      this.#put('site', two);
    } else if (kind === 'stream') {
      const category = id.slice(0, id.indexOf('-'));
      const isSelf = category === 'site' || category === 'organisation';
      this.#put(isSelf ? category : `stream ${category}`, streamKey(id));
    } else if (kind === 'raiser') this.#put('stream concern', id);
    else this.#put(kind, id);
  }

  ids(kind: Exclude<Ref['kind'], 'stream' | 'addressee' | 'subject' | 'raiser'>): string[] {
    return [...(this.#ids.get(kind) ?? [])];
  }

  streams(category: 'attestation' | 'concern'): string[] {
    return [...(this.#ids.get(`stream ${category}`) ?? [])];
  }

  #put(kind: string, id: string): void {
    const ids = this.#ids.get(kind) ?? new Set();
    this.#ids.set(kind, ids.add(id));
  }
}

interface Recorded {
  readonly logIndex: number;
  readonly record: RecordAnswer;
  readonly redaction: ReturnType<typeof recordRedaction>;
}

interface Found {
  /** Known by name, with their organisations. */
  readonly sites: ReadonlyMap<string, string>;
  readonly organisations: ReadonlySet<string>;
  /** Seen; true: known by name. */
  readonly batches: ReadonlyMap<string, boolean>;
  readonly shipments: ReadonlySet<string>;
  /** Concerns that the reader's organisation raised or is the subject of, with the organisation that raised each. */
  readonly concerns: ReadonlyMap<string, string | null>;
  readonly records: ReadonlyMap<string, Recorded>;
  readonly issuers: ReadonlyMap<string, string>;
  /** Of the batches whose labels are asked about. */
  readonly nodes: ReadonlyMap<string, PlacedBatch>;
}

class LoadedNames implements Names {
  readonly #whole = new Map<string, boolean>();

  readonly #readerId: string;
  readonly #pseudonyms: Pseudonyms;
  readonly #found: Found;

  constructor(readerId: string, pseudonyms: Pseudonyms, found: Found) {
    this.#readerId = readerId;
    this.#pseudonyms = pseudonyms;
    this.#found = found;
  }

  named({ kind, id }: Ref): boolean {
    const { organisations, sites, batches, concerns } = this.#found;
    switch (kind) {
      case 'organisation':
        return id === this.#readerId || organisations.has(id);
      case 'site':
        return sites.has(id);
      case 'batch':
        return batches.get(id) === true;
      case 'shipment':
        return this.#found.shipments.has(id);
      case 'event':
        return this.#seesWhole(id);
      case 'raiser':
        return concerns.get(id) === this.#readerId;
      case 'stream':
        return this.#knowsStream(id);
      case 'label':
        return this.#knowsLabel(id);
      case 'addressee':
      case 'subject':
        return this.#knowsWhatWasNamed(kind, id);
    }
  }

  sees(batchId: string): boolean {
    return this.#found.batches.has(batchId);
  }

  pseudonym(kind: IdKind, id: string): string {
    if (kind !== 'event') return this.#pseudonyms.of(this.#readerId, kind, id);
    const recorded = this.#found.records.get(id);
    return recorded === undefined ? NOT_SHOWN : this.#pseudonyms.ofEvent(this.#readerId, recorded.logIndex);
  }

  /** Whether nothing would be left out of the record or replaced in it. A correction names only events before it. */
  #seesWhole(eventId: string): boolean {
    const kept = this.#whole.get(eventId);
    if (kept !== undefined) return kept;
    const recorded = this.#found.records.get(eventId);
    // Provisional: if a record names its own event, everything else in it decides.
    this.#whole.set(eventId, true);
    const whole = recorded !== undefined && this.#showsAllOf(recorded);
    this.#whole.set(eventId, whole);
    return whole;
  }

  #showsAllOf({ record, redaction }: Recorded): boolean {
    if (!authorsOf(record).every((ref) => this.named(ref))) return false;
    return canonicalText(redact(redaction, record, this)) === canonicalText(unsigned(record));
  }

  /**
   * Whether the reader knows a site that is an addressee or a subject: in its own shipments and concerns it reads the name
   * that it wrote itself. If a pseudonym stood there instead, it would learn which pseudonym in its chain is that site's.
   */
  #knowsWhatWasNamed(kind: 'addressee' | 'subject', key: string): boolean {
    const [by = '', siteId = ''] = key.split('\n');
    const isOwn = kind === 'addressee' ? this.#found.sites.get(by) === this.#readerId : this.#found.concerns.has(by);
    return isOwn || this.#found.sites.has(siteId);
  }

  #knowsStream(name: string): boolean {
    const id = streamKey(name);
    switch (name.slice(0, name.indexOf('-'))) {
      case 'site':
        return this.named({ kind: 'site', id });
      case 'organisation':
        return this.named({ kind: 'organisation', id });
      case 'attestation': {
        const issuer = this.#found.issuers.get(id);
        return issuer !== undefined && this.named({ kind: 'organisation', id: issuer });
      }
      case 'concern':
        return this.#found.concerns.has(id);
      default:
        return false;
    }
  }

  /** The label is one of a site that the reader knows, or one that came to or left from a site of its own. */
  #knowsLabel(key: string): boolean {
    const [batchId = '', labelId = ''] = key.split('\n');
    const node = this.#found.nodes.get(batchId);
    if (!node || !this.sees(batchId)) return false;
    const isOwn = (siteId: string): boolean => this.#found.sites.get(siteId) === this.#readerId;
    const passedBy = node.hops.some(
      ({ consignorSiteId, consigneeSiteId, dispatched, received }) =>
        (isOwn(consignorSiteId) || isOwn(consigneeSiteId)) &&
        [...dispatched.labels, ...(received?.labels ?? [])].some((label) => label.labelId === labelId),
    );
    return passedBy || node.labels.some((label) => label.labelId === labelId && this.#isOfKnownSite(node, label));
  }

  #isOfKnownSite({ stays }: PlacedBatch, { labelled }: Label): boolean {
    const stay = stays.find(({ arrived, departed }) => holds(arrived, labelled, departed));
    return stay !== undefined && this.#found.sites.has(stay.siteId);
  }
}

/** A signature covers the command as it was sent, so it is shown only with a record that hides nothing of it. */
export function unsigned(record: RecordAnswer): RecordAnswer {
  const metadata = Object.fromEntries(Object.entries(record.metadata).filter(([name]) => name !== 'signature'));
  return { ...record, metadata };
}

function holds(arrived: EventMark, mark: EventMark, departed: EventMark | undefined): boolean {
  return arrived.logIndex <= mark.logIndex && (departed === undefined || mark.logIndex <= departed.logIndex);
}

function sitesOf({ stays, hops }: PlacedBatch): Set<string> {
  const sites = new Set(stays.map(({ siteId }) => siteId));
  for (const { consignorSiteId, consigneeSiteId } of hops) sites.add(consignorSiteId).add(consigneeSiteId);
  return sites;
}
