/** What is answered of the files that the ledger judges by: programmes, and schemes of attestation. */
import { ASSURANCES, ATTESTED_CRITERIA } from '#attestation';
import { list, oneOf, someOf, term, wholeNumber, type ReadonlyOf } from '#vocabulary';

const PROGRAMME = {
  id: term(),
  version: term(),
  title: term(),
  published: term(),
  source: term({ description: 'Where the law’s text is' }),
};
export const PROGRAMME_HEAD = {
  name: 'ProgrammeHead',
  fields: { programme: term({ description: '`id@version`', example: 'us-japan-cma-2023@1' }), ...PROGRAMME },
};
export type ProgrammeHead = ReadonlyOf<(typeof PROGRAMME_HEAD)['fields']>;

export const PROGRAMME_ANSWER = {
  name: 'Programme',
  fields: { ...PROGRAMME, rules: list('Rule', {}, { description: 'As docs/add-a-programme.md has them' }) },
};

export const ATTESTATION_SCHEME = {
  name: 'AttestationScheme',
  fields: {
    id: term({ example: 'rmap' }),
    title: term(),
    source: term(),
    assurance: oneOf(ASSURANCES, { description: 'Who judges. `self` proves nothing' }),
    covers: someOf(ATTESTED_CRITERIA),
    longestValidityMonths: wholeNumber({ description: 'How long an attestation may be valid' }),
    longestBackdatingMonths: wholeNumber({ description: 'How far before its issue an attestation may begin' }),
  },
};
