/** The closed lists of attestations and concerns. */

/** The Agreement's seven labour rights, then ILO fundamentals the programmes ask for. */
export const LABOUR_RIGHTS = [
  'forced-labour',
  'child-labour',
  'discrimination',
  'violence-against-workers',
  'migrant-workers',
  'gender-equality',
  'job-protected-leave',
  'freedom-of-association',
  'occupational-safety',
] as const;
export type LabourRight = (typeof LABOUR_RIGHTS)[number];

export const ENVIRONMENT_CRITERIA = ['impact-assessment', 'water', 'tailings', 'emissions'] as const;
export type EnvironmentCriterion = (typeof ENVIRONMENT_CRITERIA)[number];
/** What an attestation can cover: a labour right or an environmental criterion. */
export type AttestedRight = LabourRight | EnvironmentCriterion;

export const CONCERN_SOURCES = ['public', 'worker', 'regulator', 'operator'] as const;
export type ConcernSource = (typeof CONCERN_SOURCES)[number];
