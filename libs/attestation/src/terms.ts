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
/**
 * What a custodian alone says of itself, and an attestor can confirm: `site-facts`, that the site is in its country and has its
 * activities; `recovered-origin`, that what the site collects, makes waste of or recycles is what it says.
 */
export const FACT_CRITERIA = ['site-facts', 'recovered-origin'] as const;
export type FactCriterion = (typeof FACT_CRITERIA)[number];

/** Who controls the organisation of the site: as it has declared by the time of the attestation, and nobody else. */
export const CONTROL_CRITERION = 'control';

export const ATTESTED_CRITERIA = [
  ...LABOUR_RIGHTS,
  ...ENVIRONMENT_CRITERIA,
  ...FACT_CRITERIA,
  CONTROL_CRITERION,
] as const;
/** What an attestation can cover: a labour right, an environmental criterion, a fact of the site, or who controls it. */
export type AttestedRight = (typeof ATTESTED_CRITERIA)[number];

export const CONCERN_SOURCES = ['public', 'worker', 'regulator', 'operator'] as const;
export type ConcernSource = (typeof CONCERN_SOURCES)[number];
