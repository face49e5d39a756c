import { describe, expect, it } from '@jest/globals';
import { type RestsOn, type Statement } from '../api/answers.js';
import { restingOn } from './resting.js';

const statement = (
  attestationId: string,
  until: string,
  verdict: Statement['missing']['verdict'],
  because?: Statement['missing']['because'],
): Statement => ({
  attestationId,
  issuerOrganisationId: 'fair-shift',
  scheme: 'sa8000',
  assurance: 'third-party',
  siteId: 'mine',
  from: '2026-01-01T00:00:00.000Z',
  until,
  missing: { verdict, ...(because !== undefined && { because }) },
});

const RESTS_ON: RestsOn = {
  truncated: false,
  claims: [
    {
      claim: 'labour',
      right: 'child-labour',
      citation: 'Art. 1',
      statements: [
        statement('spare', '2026-06-01T00:00:00.000Z', 'broken'),
        statement('long', '2030-01-01T00:00:00.000Z', 'unproven', 'attestation-gap'),
        statement('short', '2027-01-01T00:00:00.000Z', 'unproven', 'attestation-gap'),
      ],
    },
    {
      claim: 'labour',
      right: 'gender-equality',
      citation: 'Art. 1',
      statements: [statement('long', '2030-01-01T00:00:00.000Z', 'unproven', 'attestation-gap')],
    },
    { claim: 'origin', citation: 'Art. 2', statements: [statement('long', '2030-01-01T00:00:00.000Z', 'holds')] },
  ],
};

describe('what a verdict rests on', () => {
  it('is each statement once, with the lines that fall without it together', () => {
    const long = restingOn(RESTS_ON).find(({ attestationId }) => attestationId === 'long')!;
    expect(long.without).toEqual([
      { missing: { verdict: 'unproven', because: 'attestation-gap' }, about: 'labour: child labour, gender equality' },
      { missing: { verdict: 'holds' }, about: 'origin' },
    ]);
  });

  it('is in the order of what would be lost, and how soon; what is broken all the same comes last', () => {
    expect(restingOn(RESTS_ON).map(({ attestationId }) => attestationId)).toEqual(['short', 'long', 'spare']);
  });

  it('is nothing where nobody vouched', () => {
    expect(restingOn({ claims: [], truncated: false })).toEqual([]);
  });
});
