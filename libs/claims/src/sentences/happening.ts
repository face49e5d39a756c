import { listed, massOf, nameOf, percentOf, plainly, quoted, whenOf } from './words.js';

/** An event as its reader may see it: what is not shown is absent, or reads `~`. */
export interface Happening {
  readonly type: string;
  /** `site-kurobe-works`. */
  readonly stream: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

const NOT_SHOWN = '~';

/** Fields of one event's data, each only if it is there, of that type and shown. */
class Told {
  readonly #data: Readonly<Record<string, unknown>>;

  constructor(data: Readonly<Record<string, unknown>>) {
    this.#data = data;
  }

  text(field: string): string | undefined {
    const value = this.#data[field];
    return typeof value === 'string' && value !== NOT_SHOWN && value !== '' ? value : undefined;
  }
  id(field: string): string {
    const value = this.text(field);
    return value === undefined ? '(not shown)' : nameOf(value);
  }
  batch(field: string): string {
    return named('batch', this.id(field));
  }
  when(field: string): string | undefined {
    const value = this.text(field);
    return value === undefined ? undefined : whenOf(value.length === 10 ? `${value}T00:00` : value);
  }
  grams(field: string): string {
    const value = this.#data[field];
    return typeof value === 'number' ? massOf(value) : 'an unknown mass';
  }
  ids(list: string, field: string): string {
    return listed(this.objects(list).map((each) => new Told(each).id(field)));
  }
  objects(field: string): Readonly<Record<string, unknown>>[] {
    const value = this.#data[field];
    if (!Array.isArray(value)) return [];
    return (value as unknown[]).filter((each) => typeof each === 'object' && each !== null) as Record<
      string,
      unknown
    >[];
  }
  object(field: string): Told {
    const value = this.#data[field];
    return new Told(typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {});
  }
  words(field: string): string {
    const value = this.#data[field];
    return Array.isArray(value) ? listed(value.filter((each) => typeof each === 'string').map(plainly)) : '';
  }
  is(field: string): boolean {
    return this.#data[field] === true;
  }
}

type Phrase = (told: Told, owner: string) => string;

/** `batch anode-b`; a pseudonym says what it is of. */
export function named(kind: 'batch' | 'site', name: string): string {
  return name.startsWith(`${kind} `) || name.startsWith('a stream') ? name : `${kind} ${name}`;
}

const since = (told: Told): string => (told.text('from') === undefined ? '' : `, from ${told.when('from')} on`);
const between = (told: Told, from: string, until: string): string =>
  told.text(until) === undefined ? `from ${told.when(from)} on` : `${told.when(from)} to ${told.when(until)}`;
const attestation =
  (done: string): Phrase =>
  (told, owner) =>
    `attestation ${owner} was ${done}${since(told)}`;
const shipment =
  (done: string): Phrase =>
  (told, owner) =>
    `shipment ${told.id('shipmentId')} was ${done} at ${owner}`;
const batch =
  (done: string): Phrase =>
  (told, owner) =>
    `${told.batch('batchId')} was ${done} at ${owner}`;

const product =
  (done: string): Phrase =>
  (told, owner) =>
    `${told.id('productId')} was ${done} ${owner}`;

/** What happened, as a clause; who and when are added to all alike. An event that is not here is named by its type. */
const PHRASES: Readonly<Record<string, Phrase>> = {
  AttestationIssued: (told) =>
    `attestation ${told.id('attestationId')} (${told.text('scheme') ?? '?'}) of ${told.id('siteId')} was issued, valid ${between(told, 'validFrom', 'validUntil')}`,
  AttestationSuspended: attestation('suspended'),
  AttestationReinstated: attestation('reinstated'),
  AttestationRevoked: attestation('revoked'),
  AccreditationWithdrawn: (told, owner) =>
    `the accreditation of ${owner} under ${told.text('scheme') ?? 'a scheme'} was withdrawn${since(told)}`,
  InvestigationOpened: (told, owner) =>
    `an investigation of concern ${owner} was opened${told.text('by') === undefined ? '' : ` by ${told.text('by')}`}`,
  FindingRecorded: (told, owner) =>
    `of concern ${owner} it was found that ${told.words('rights')} ${told.is('substantiated') ? 'had been violated' : 'had not been violated'}, ${between(told, 'from', 'until')}`,
  BatchRegistered: (told, owner) => {
    const origin = told.object('origin');
    const country = origin.text('country');
    const from = origin.text('kind') === undefined ? '' : `, ${plainly(origin.text('kind')!)}`;
    return `${told.batch('batchId')} was registered at ${owner}: ${told.grams('grossGrams')} of ${plainly(told.text('material') ?? 'material')}${from}${country === undefined ? '' : `, ${country}`}`;
  },
  BatchesTransformed: (told, owner) =>
    `${plainly(told.text('process') ?? 'a transformation')} at ${owner} made ${told.ids('outputs', 'batchId') || 'batches'} of ${told.ids('inputs', 'batchId') || 'others'}`,
  BatchSplit: batch('split'),
  BatchesDispatched: (told, owner) =>
    `shipment ${told.id('shipmentId')} left ${owner} for ${told.id('consigneeSiteId')} with ${told.ids('batches', 'batchId') || 'its batches'}`,
  BatchesReceived: (told, owner) =>
    `shipment ${told.id('shipmentId')} was received at ${owner} with ${told
      .objects('batches')
      .slice(0, 4)
      .map((each) => `${new Told(each).id('batchId')} (${new Told(each).grams('grossGrams')}${conditions(each)})`)
      .join(', ')}`,
  ShipmentRefused: shipment('refused'),
  ShipmentReturned: shipment('taken back'),
  ShipmentHeld: shipment('held'),
  BatchLabelled: (told, owner) =>
    `${told.batch('batchId')} was given the label ${told.id('labelId')} (${told.text('standard') ?? '?'}) at ${owner}`,
  LabelRemoved: (told, owner) => `label ${told.id('labelId')} was taken off ${told.id('batchId')} at ${owner}`,
  BatchAssayed: batch('assayed'),
  BatchConsumed: batch('used up'),
  BatchDisposed: batch('disposed of'),
  ProductAssembled: product('assembled at'),
  ProductsAssembled: (told, owner) => `a run of products (${told.id('runId')}) was assembled at ${owner}`,
  ProductPlacedOnMarket: product('placed on the market from'),
  ProductReturned: product('taken back at'),
  ProductRepurposed: product('made of what was taken back at'),
  ProductWasted: (told, owner) => `${told.id('batchId')} was made of wasted products at ${owner}`,
  BatchHeld: batch('held'),
  SiteHeld: (_, owner) => `${named('site', owner)} was held`,
  RecycledContentDeclared: (told, owner) =>
    `${named('site', owner)} declared ${percentOf(told.text('share') ?? '0')} of the ${told.text('mineral') ?? 'content'} of ${told.id('batchId')} recycled`,
  RecordCorrected: (_, owner) => `an earlier record of ${owner} was corrected`,
  SiteOpened: (_, owner) => `${named('site', owner)} was opened`,
};

function conditions(received: Readonly<Record<string, unknown>>): string {
  const flawed = new Told(received).objects('labels').filter(({ condition }) => condition !== 'intact');
  return flawed.length === 0 ? '' : `, label ${listed(flawed.map(({ condition }) => plainly(String(condition))))}`;
}

/** Under which the writer of an event puts its reason into words. */
const OWN_WORDS = ['reason', 'outcome'] as const;

/** One event as a clause without its full stop: what, by whom, when, and its own words. */
export function clauseOf({ type, stream, data, metadata }: Happening): string {
  const told = new Told(data);
  const owner = ownerOf(stream);
  const what = PHRASES[type]?.(told, owner) ?? `${typeInWords(type)} at ${owner}`;
  const { occurredAt, actor } = metadata as { occurredAt?: string; actor?: { organisation?: string } };
  const who = told.text('authority') ?? actor?.organisation;
  const by = who === undefined || who === NOT_SHOWN || nameOf(who) === owner ? '' : ` by ${nameOf(who)}`;
  const when = occurredAt === undefined ? '' : ` (${whenOf(occurredAt)})`;
  const words = OWN_WORDS.flatMap((field) => told.text(field) ?? []).map(quoted);
  return `${what}${by}${when}${words.length === 0 ? '' : `: ${words.join(' ')}`}`;
}

function ownerOf(stream: string): string {
  const id = stream.slice(stream.indexOf('-') + 1);
  return stream === NOT_SHOWN || id === '' ? 'a stream not shown' : nameOf(id);
}

/** `BatchDisposed` → `batch disposed`. */
function typeInWords(type: string): string {
  return type.replaceAll(/(?!^)([A-Z])/g, ' $1').toLowerCase();
}
