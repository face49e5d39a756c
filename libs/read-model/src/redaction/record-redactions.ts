import { FACTS, raiseConcern } from '#attestation';
import {
  chosen,
  eventRef,
  idOf,
  omitted,
  organisationRef,
  plain,
  raiserRef,
  redactionOf,
  saidBy,
  shape,
  stream,
  streamRef,
  text,
  withheld,
  type AnyPart,
  type Shape,
} from '#access';
import { type EventMetadata } from '#custody';
import { streamKey } from '../chains/evidence.js';
import { type RecordAnswer } from '../answers/index.js';

/** The data of every event, field by field; whose words its texts are follows from the record. */
const DATA: ReadonlyMap<string, AnyPart> = new Map(FACTS.map(({ type, fields }) => [type, redactionOf(fields)]));

/** Of a record that is shown in part, what depends on the whole of it is left out. */
type ShownMetadata = Partial<Omit<EventMetadata, 'actor'> & { actor: Partial<EventMetadata['actor']> }>;

/**
 * Shown with a record that is shown whole: with all of them but one, whoever guesses that one could be sure of it by the
 * record's hash, which is public.
 */
const ofWholeRecords = {
  commandId: withheld(idOf('command')),
  requestSha256: withheld(text),
  salt: withheld(text),
  // What was signed says again all that the record says, as it was sent: see ShownRecords.
  signature: omitted,
} as const;
const always = { occurredAt: plain, recordedAt: plain, schemaVersion: plain } as const;
const METADATA: Shape<ShownMetadata> = shape({
  ...ofWholeRecords,
  ...always,
  actor: shape({ principal: withheld(idOf('principal')), organisation: idOf('organisation') }),
});
/** The record of a concern never tells who raised it, whoever knows whom. */
const METADATA_OF_RAISING: Shape<ShownMetadata> = shape({
  ...ofWholeRecords,
  ...always,
  actor: withheld(shape({ principal: withheld(idOf('principal')), organisation: idOf('organisation') })),
});
const RAISING = raiseConcern.type;
/** No concern has this id, so that nobody has raised it. */
const OF_NOBODY = raiserRef('');
const ofItself = ({ id }: RecordAnswer) => [eventRef(id)];

/** Of a type that belongs to no fact, nothing is shown. */
function dataOf(type: string | undefined): AnyPart {
  return (type !== undefined && DATA.get(type)) || shape({});
}

/** A correction's replacement is data of the event at the root of the corrections. */
function correctionOf(rootType: string | undefined): AnyPart {
  const correction = dataOf('RecordCorrected');
  if (correction.part !== 'shape') return correction;
  return shape({ ...correction.fields, replacement: dataOf(rootType) });
}

/**
 * A record of the log. Whose words are in it: those of the stream's owner and of whoever acted, if that is another.
 * @param rootTypes of corrections: event id → the type of what it corrects
 */
export function recordRedaction(rootTypes: ReadonlyMap<string, string>): Shape<RecordAnswer> {
  return shape(
    {
      id: idOf('event'),
      stream,
      // How many events a site has recorded is its own business.
      revision: saidBy(ofItself, text),
      type: plain,
      data: chosen(([record]) => {
        const { type, id } = record as RecordAnswer;
        return type === 'RecordCorrected' ? correctionOf(rootTypes.get(id)) : dataOf(type);
      }),
      metadata: saidBy(
        ofItself,
        chosen(([record]) => ((record as RecordAnswer).type === RAISING ? METADATA_OF_RAISING : METADATA)),
      ),
    },
    authorsOf,
  );
}

/** Whose name an event hangs on. */
export function authorsOf({
  stream: name,
  type,
  data,
  metadata,
}: Pick<RecordAnswer, 'stream' | 'type' | 'data' | 'metadata'>) {
  if (type === RAISING) return [streamRef(name), raiserRef(streamKey(name))];
  // What came without a key is read on the docket, once it is admitted: the record is for regulators.
  if (data['awaitsAdmission'] === true) return [OF_NOBODY];
  const { organisation } = (metadata as unknown as EventMetadata).actor;
  return [streamRef(name), ...(organisation === undefined ? [] : [organisationRef(organisation)])];
}
