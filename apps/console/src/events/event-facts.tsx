import { type ReactNode } from 'react';
import { type EventMetadata } from '#custody';
import { type LedgerEvent } from '../api/answers.js';
import { idOf, massOf, wordsOf } from '../format/format.js';
import { InclusionProof } from './inclusion-proof.js';
import { Instant } from '../page/instant.js';

/** One recorded event: its type, author, times and fields. */
export function EventFacts({ event }: { event: LedgerEvent }): ReactNode {
  const { record, logIndex, leafHash, whole } = event;
  const { type, stream, data, metadata } = record;
  const { occurredAt, recordedAt, actor } = metadata as Partial<EventMetadata>;
  return (
    <details className="event" open>
      <summary>
        <strong>{titleOf(type)}</strong> in {idOf(stream.slice(stream.indexOf('-') + 1))}
        {actor?.organisation !== undefined && ` by ${idOf(actor.organisation)}`}
      </summary>
      <dl className="fields">
        {occurredAt !== undefined && (
          <Field name="occurred">
            <Instant at={occurredAt} />
          </Field>
        )}
        {recordedAt !== undefined && (
          <Field name="recorded">
            <Instant at={recordedAt} />
          </Field>
        )}
        {Object.entries(data).map(([name, value]) => (
          <Field key={name} name={titleOf(name).toLowerCase()}>
            {inWords(name, value)}
          </Field>
        ))}
        <Field name="log index">{logIndex.toLocaleString()}</Field>
        {whole && (
          <Field name="leaf of the tree">
            <code>{leafHash}</code>
          </Field>
        )}
      </dl>
      {!whole && <p className="quiet">Part of this record is not disclosed to you.</p>}
      <InclusionProof event={event} />
    </details>
  );
}

function Field({ name, children }: { name: string; children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Fields called `…Grams` are shown as masses, instants as dates, objects field by field. */
function inWords(name: string, value: unknown): ReactNode {
  if (typeof value === 'number') return name.endsWith('Grams') ? massOf(value) : value.toLocaleString();
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') {
    if (value === '~') return 'not disclosed to you';
    if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return <Instant at={value} />;
    return idOf(value);
  }
  if (Array.isArray(value)) {
    return value.every((each) => typeof each === 'string')
      ? value.map(wordsOf).join(', ')
      : value.map((each, index) => <div key={index}>{inWords(name, each)}</div>);
  }
  if (typeof value !== 'object' || value === null) return '–';
  if ('commitment' in value) return 'withheld';
  return Object.entries(value).map(([field, inner], index) => (
    <span key={field}>
      {index > 0 && ' · '}
      {titleOf(field).toLowerCase()} {inWords(name === 'contentGrams' ? name : field, inner)}
    </span>
  ));
}

/** `BatchDisposed` → `Batch disposed`. */
function titleOf(name: string): string {
  const words = name.replaceAll(/(?!^)([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
