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

/** The data of every event, field by field; the authors of its texts follow from the record. */
const DATA: ReadonlyMap<string, AnyPart> = new Map(FACTS.map(({ type, fields }) => [type, redactionOf(fields)]));

/** Fields that depend on the whole record are left out of one shown in part. */
type ShownMetadata = Partial<Omit<EventMetadata, 'actor'> & { actor: Partial<EventMetadata['actor']> }>;

/**
 * Shown only with a whole record: a reader who has all its values but one could confirm a guess at that value with the
 * record's hash, which is public.
 */
const ofWholeRecords = {
  commandId: withheld(idOf('command')),
  requestSha256: withheld(text),
  salt: withheld(text),
  // The signed command repeats everything in the record: see ShownRecords.
  signature: omitted,
} as const;
const always = { occurredAt: plain, recordedAt: plain, schemaVersion: plain } as const;
const METADATA: Shape<ShownMetadata> = shape({
  ...ofWholeRecords,
  ...always,
  actor: shape({ principal: withheld(idOf('principal')), organisation: idOf('organisation') }),
});
/** The record of a concern never shows who raised it, whatever names the reader knows. */
const METADATA_OF_RAISING: Shape<ShownMetadata> = shape({
  ...ofWholeRecords,
  ...always,
  actor: withheld(shape({ principal: withheld(idOf('principal')), organisation: idOf('organisation') })),
});
const RAISING = raiseConcern.type;
/** No concern has this id, so nobody has raised it. */
const OF_NOBODY = raiserRef('');
const ofItself = ({ id }: RecordAnswer) => [eventRef(id)];

/** For a type that belongs to no fact, nothing is shown. */
function dataOf(type: string | undefined): AnyPart {
  return (type !== undefined && DATA.get(type)) || shape({});
}

/** A correction's replacement is the data of the original event. */
function correctionOf(rootType: string | undefined): AnyPart {
  const correction = dataOf('RecordCorrected');
  if (correction.part !== 'shape') return correction;
  return shape({ ...correction.fields, replacement: dataOf(rootType) });
}

/**
 * A record of the log. The authors of its texts are the stream's owner and whoever acted, if that is somebody else.
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

/** The organisations that a reader must know by name to know an event by name. */
export function authorsOf({
  stream: name,
  type,
  data,
  metadata,
}: Pick<RecordAnswer, 'stream' | 'type' | 'data' | 'metadata'>) {
  if (type === RAISING) return [streamRef(name), raiserRef(streamKey(name))];
  // What was sent without a key is shown on the docket once it is admitted; its record is shown only to regulators.
  if (data['awaitsAdmission'] === true) return [OF_NOBODY];
  const { organisation } = (metadata as unknown as EventMetadata).actor;
  return [streamRef(name), ...(organisation === undefined ? [] : [organisationRef(organisation)])];
}
