import { describe, expect, it } from '@jest/globals';
import { FACTS } from '#attestation';
import { batchRef, list, term, type Fact, type Fields } from '#vocabulary';
import { MARK, sampleRecorded } from '../../vocabulary/src/testing/sample.js';
import { organisationRef, shape } from './redaction-parts.js';
import { redact, type Names } from './redact.js';
import { redactionOf } from './redaction.js';

const STRANGER: Names = { named: () => false, sees: () => true, pseudonym: (kind) => `${kind}~` };
const ACQUAINTED: Names = { named: () => true, sees: () => true, pseudonym: () => 'never asked for' };

/** The data of an event within its record, as a reader sees them. */
function shownTo(names: Names, { fields }: Fact, data: Record<string, unknown>): Record<string, unknown> {
  const record = shape({ data: redactionOf(fields) }, () => [organisationRef('author')]);
  return redact(record, { stream: 'site-here', data }, names).data;
}

/** The values at fields of an open vocabulary, which tell nothing of who. */
function termsIn(fields: Fields, at: string = MARK): string[] {
  return Object.entries(fields).flatMap(([name, { form }]) => {
    if (form.kind === 'object' || form.kind === 'list') return termsIn(form.fields, `${at}-${name}`);
    return (form.kind === 'text' || form.kind === 'id') && form.shows === 'plain' ? [`${at}-${name}`] : [];
  });
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

describe.each(FACTS.map((fact): [string, Fact] => [fact.type, fact]))('%s', (_, fact) => {
  const data = sampleRecorded(fact.fields);

  it('is shown whole to whoever knows all by name', () => {
    // Of which fact the data in a replacement are, the reader of the record must say.
    const own = Object.fromEntries(Object.entries(data).filter(([name]) => name !== 'replacement'));
    expect(shownTo(ACQUAINTED, fact, data)).toMatchObject(own);
  });

  it('tells a stranger no id and no free text', () => {
    const told = textsIn(shownTo(STRANGER, fact, data)).filter((text) => text.startsWith(MARK));
    expect(told.filter((text) => !termsIn(fact.fields).includes(text))).toEqual([]);
  });

  it('has no item about a batch that the reader does not see', () => {
    const shown = shownTo({ ...ACQUAINTED, sees: () => false }, fact, data);
    for (const [name, { form }] of Object.entries(fact.fields)) {
      if (form.kind !== 'list' || form.fields.batchId === undefined || !(name in data)) continue;
      expect([name, shown[name]]).toEqual([name, []]);
    }
  });
});

describe('a list whose items may name a batch', () => {
  const items = [{ because: 'held', batchId: 'theirs' }, { because: 'finding' }];
  const shownOf = (fields: Fields): unknown =>
    redact(redactionOf(fields), { items }, { ...STRANGER, sees: () => false });

  it('keeps what does not depend on the batch, under a pseudonym', () => {
    const fields = { items: list('Reason', { because: term(), batchId: batchRef({ optional: true }) }) };
    expect(shownOf(fields)).toEqual({ items: [{ because: 'held', batchId: 'batch~' }, { because: 'finding' }] });
  });

  it('has none of which each is about a batch that the reader does not see', () => {
    expect(shownOf({ items: list('Amount', { because: term(), batchId: batchRef() }) })).toEqual({ items: [] });
  });
});
