import { ENVIRONMENT_CRITERIA, LABOUR_RIGHTS, type AttestedRight } from './terms.js';

/** An attestation scheme: a standard or law by which attestors judge sites. */
export interface AttestationScheme {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  /** What its criteria speak of. Information for those who choose one, never a ground to refuse. */
  readonly covers: readonly AttestedRight[];
}

/**
 * The schemes known by name. A scheme outside this table is not refused: that an organisation may attest under a scheme is
 * what its accreditation says, and a ledger that had to be released anew for each scheme would stand in the way of it.
 */
export const ATTESTATION_SCHEMES: readonly AttestationScheme[] = [
  {
    id: 'rmap',
    title: 'Responsible Minerals Assurance Process',
    source: 'https://www.responsiblemineralsinitiative.org/responsible-minerals-assurance-process/',
    covers: ['forced-labour', 'child-labour', 'violence-against-workers'],
  },
  {
    id: 'irma',
    title: 'IRMA Standard for Responsible Mining 1.0, June 2018',
    source: 'https://responsiblemining.net/what-we-do/standard/',
    covers: [
      'forced-labour',
      'child-labour',
      'discrimination',
      'violence-against-workers',
      'gender-equality',
      'freedom-of-association',
      'occupational-safety',
      ...ENVIRONMENT_CRITERIA,
    ],
  },
  {
    id: 'sa8000',
    title: 'Social Accountability International, SA8000:2014',
    source: 'https://sa-intl.org/programs/sa8000/',
    covers: [
      'forced-labour',
      'child-labour',
      'discrimination',
      'violence-against-workers',
      'migrant-workers',
      'freedom-of-association',
      'occupational-safety',
    ],
  },
  {
    id: 'cera-4in1',
    title: 'CERA 4in1, certification of mineral raw materials',
    source: 'https://www.cera4in1.org/',
    covers: [
      'forced-labour',
      'child-labour',
      'discrimination',
      'freedom-of-association',
      'occupational-safety',
      ...ENVIRONMENT_CRITERIA,
    ],
  },
  {
    id: 'state-inspection',
    title: 'Inspection by the labour inspectorate of a state, ILO Convention 81',
    source: 'https://normlex.ilo.org/dyn/nrmlx_en/f?p=NORMLEXPUB:12100:0::NO::P12100_ILO_CODE:C081',
    covers: [...LABOUR_RIGHTS, ...ENVIRONMENT_CRITERIA],
  },
];
