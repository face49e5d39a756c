import { ASSURANCES } from '#attestation';
import {
  batchRef,
  flag,
  id,
  instant,
  list,
  object,
  oneOf,
  organisationRef,
  scheme,
  siteRef,
  term,
  type ReadonlyOf,
} from '#vocabulary';
import { BECAUSES, shareTo6Places, SUBJECT, VERDICTS } from './verdict.types.js';

/** What a line would be without a statement, and where: the first reason that it does not have now. */
const MISSING = {
  verdict: oneOf(VERDICTS, { description: 'Of the line, without the statement' }),
  lower: shareTo6Places('Share that would still be proven, where that is another'),
  because: oneOf(BECAUSES, { optional: true, description: 'The first reason that the line has not now' }),
  batchId: batchRef({ optional: true }),
  siteId: siteRef({ optional: true }),
  from: instant({ optional: true }),
  until: instant({ optional: true }),
};
export type Missing = ReadonlyOf<typeof MISSING>;

/** An attestation that a line rests on. */
export const STATEMENT = {
  attestationId: id('attestation'),
  issuerOrganisationId: organisationRef(),
  scheme: scheme({ example: 'rmap' }),
  assurance: oneOf(ASSURANCES),
  siteId: siteRef(),
  from: instant({ description: 'From when on its cover counts here' }),
  until: instant({ description: 'Until when its cover counts: the end of its last stretch' }),
  missing: object('Missing', MISSING),
};
export type Statement = ReadonlyOf<typeof STATEMENT>;

export const RESTING_LINE = {
  ...SUBJECT,
  citation: term(),
  statements: list('Statement', STATEMENT, { description: 'In the order in which they were issued' }),
};
export type RestingLine = ReadonlyOf<typeof RESTING_LINE>;

export const RESTS_ON = {
  claims: list('RestingLine', RESTING_LINE, {
    description: 'The lines that rest on any attestation, in the order of the verdict’s',
  }),
  truncated: flag({
    description: 'There are more statements than are tried; those issued last are left out',
  }),
};
export type RestsOn = ReadonlyOf<typeof RESTS_ON>;
