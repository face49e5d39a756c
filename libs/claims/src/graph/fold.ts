/**
 * The provenance graph as a pure fold over the ledger's events, in the order of the log. The projector, queries as of the
 * past, replay, the offline verifier and the browser all fold here: no I/O, no clock, and it never throws on any data.
 */
import { confirmCorrection, correctRecord, Corrections, RELIED_ON, unconfirmedIn } from '#custody';
import { recordedForm, type Reliance } from '#vocabulary';
import { type GraphEvent, type ProvenanceGraph, type TouchedKeys, type UnconfirmedMarks } from './graph.types.js';
import { STEP_OF } from './steps.js';

/**
 * What became of an event. `ignored`: it does not concern the graph (nor does `RecordCorrected`, whose replacement takes
 * effect in place of what it corrects, see {@link buildGraph}). `malformed`: its data lacks what the fold reads; nothing changed.
 */
export type FoldOutcome = 'folded' | 'ignored' | 'malformed';

const SITE_STREAM = 'site-';

export function createGraph(): ProvenanceGraph {
  return { batches: new Map(), transformations: new Map(), shipments: new Map(), sites: new Map() };
}

/**
 * Folds the next event of the log into a graph that it owns and changes in place. Data that contradict each other, as
 * corrections may bring about, are folded as far as they go and noted as anomalies of the batches concerned.
 */
export function foldEvent(graph: ProvenanceGraph, event: GraphEvent): FoldOutcome {
  const step = STEP_OF.get(event.type);
  if (step === undefined || !event.stream.startsWith(SITE_STREAM)) return 'ignored';
  const { id: eventId, logIndex, unconfirmed } = event;
  const mark = { eventId, logIndex, occurredAt: event.metadata.occurredAt };
  const siteId = event.stream.slice(SITE_STREAM.length);
  return step.fold(graph, { mark, unconfirmed, siteId }, event.data) ? 'folded' : 'malformed';
}

/**
 * Keys of the nodes that {@link foldEvent} reads or writes: a graph holding just those that exist of them folds the event
 * exactly as the whole graph would. None for a `RecordCorrected`: pass the event that it corrects, once with its old data and
 * once with its new.
 */
export function touchedBy(event: GraphEvent): TouchedKeys {
  const none = { batches: [], transformations: [], shipments: [], sites: [] };
  if (!event.stream.startsWith(SITE_STREAM)) return none;
  const touched = STEP_OF.get(event.type)?.touches(event.data, event.stream.slice(SITE_STREAM.length));
  return { ...none, ...touched };
}

const fitsCorrection = recordedForm(correctRecord.fields, ['eventId', 'replacement']);
const fitsConfirmation = recordedForm(confirmCorrection.fields, ['eventId']);

/** Whether the event changes what an earlier one of its stream says, or whether that has been confirmed. */
export function isCorrecting({ type, data }: Pick<GraphEvent, 'type' | 'data'>): boolean {
  return type === 'RecordCorrected' ? fitsCorrection(data) : type === 'CorrectionConfirmed' && fitsConfirmation(data);
}

/** The event with the data in force, marked with what in them nobody has confirmed. @param corrections of its stream */
export function inForce(event: GraphEvent, corrections: Corrections | undefined): GraphEvent {
  const corrected = corrections?.of(event.id);
  const relied = RELIED_ON.get(event.type);
  if (corrections === undefined || corrected === undefined) return event;
  const steps = relied && unconfirmedIn(event.data, corrected, relied);
  const effective = corrections.effective(event);
  if (steps === undefined) return effective;
  const unconfirmed: UnconfirmedMarks = {};
  for (const [reliance, { eventId, logIndex, occurredAt }] of Object.entries(steps))
    unconfirmed[reliance as Reliance] = { eventId, logIndex, occurredAt };
  return { ...effective, unconfirmed };
}

/** By stream: an event is only ever corrected by one of its own stream. */
export function correctionsAmong(events: Iterable<GraphEvent>): Map<string, Corrections> {
  const byStream = new Map<string, Corrections>();
  for (const event of events) {
    if (!isCorrecting(event)) continue;
    const corrections = byStream.get(event.stream) ?? new Corrections();
    corrections.note(event);
    byStream.set(event.stream, corrections);
  }
  return byStream;
}

/**
 * The graph of a list of events in log order. Corrections among them replace what they correct, which keeps its place and
 * its occurredAt, whenever the correction itself was recorded. To see what was known at a moment, leave out everything
 * recorded after it, corrections included.
 *
 * The events of a batch's upstream chain are enough for that batch and its chain: those that touch a batch of the chain,
 * those that touch a shipment of such an event, and the opening of each site that those touch ({@link touchedBy}).
 * @param options.validAt only what occurred up to this moment, RFC 3339 UTC with milliseconds
 */
export function buildGraph(events: readonly GraphEvent[], options: { validAt?: string } = {}): ProvenanceGraph {
  const { validAt } = options;
  const corrections = correctionsAmong(events);
  const graph = createGraph();
  for (const event of events) {
    // Times are all of one width: the order of the texts is the order of the moments.
    if (validAt !== undefined && event.metadata.occurredAt > validAt) continue;
    foldEvent(graph, inForce(event, corrections.get(event.stream)));
  }
  return graph;
}
