/** The closed lists of attestations and concerns. */

/** The Agreement's labour rights, then ILO fundamentals the programmes ask for. */
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
  'employer-neutrality',
] as const;
export type LabourRight = (typeof LABOUR_RIGHTS)[number];

/**
 * What enterprises are to keep away from beyond labour: OECD Due Diligence Guidance, Annex II, paragraphs 1 (torture; gross
 * violations of human rights such as widespread sexual violence; war crimes), 3 (non-state armed groups), 5 (security
 * forces), 11 (bribery; misrepresentation of the origin of minerals), 12 and 13; and what Regulation (EU) 2023/1542, Annex X,
 * point 2(c), names: harm to community life, that of indigenous peoples included.
 */
export const CONDUCT_RISKS = [
  'torture',
  'gross-violations',
  'war-crimes',
  'armed-groups',
  'security-forces',
  'bribery',
  'misrepresented-origin',
  'money-laundering',
  'payments-to-governments',
  'community-life',
] as const;
export type ConductRisk = (typeof CONDUCT_RISKS)[number];

/**
 * The Agreement's criteria, then those of Regulation (EU) 2023/1542, Annex X, point 2(a): `emissions` are to air, greenhouse
 * gases among them.
 */
export const ENVIRONMENT_CRITERIA = [
  'impact-assessment',
  'water',
  'tailings',
  'emissions',
  'soil',
  'biodiversity',
  'hazardous-substances',
  'noise',
  'plant-safety',
  'energy-use',
  'waste',
] as const;
export type EnvironmentCriterion = (typeof ENVIRONMENT_CRITERIA)[number];
/**
 * Facts for which there is only the custodian's own word, unless an attestor confirms them: `site-facts`, that the site is
 * in the country and has the activities that it says; `recovered-origin`, that what the site collects, discards or recycles
 * is what it says.
 */
export const FACT_CRITERIA = ['site-facts', 'recovered-origin'] as const;
export type FactCriterion = (typeof FACT_CRITERIA)[number];

/** Who controls the organisation of the site: as it has declared by the time of the attestation, and nobody else. */
export const CONTROL_CRITERION = 'control';

export const ATTESTED_CRITERIA = [
  ...LABOUR_RIGHTS,
  ...CONDUCT_RISKS,
  ...ENVIRONMENT_CRITERIA,
  ...FACT_CRITERIA,
  CONTROL_CRITERION,
] as const;
/** What an attestation can cover: a labour right, a risk of conduct, an environmental criterion, a fact of the site, or who controls it. */
export type AttestedRight = (typeof ATTESTED_CRITERIA)[number];

/** What a party to a trade agreement promises not to impose at its border. */
export const TRADE_TERMS = ['export-duty', 'quantitative-restriction'] as const;

/**
 * What a concern may be about, by kind; a subject may be of two kinds. Of origin: that what the site says of itself or of
 * its material is untrue.
 */
export const CONCERN_SUBJECTS_BY_KIND = {
  labour: LABOUR_RIGHTS,
  conduct: CONDUCT_RISKS,
  environment: ENVIRONMENT_CRITERIA,
  trade: TRADE_TERMS,
  origin: [...FACT_CRITERIA, 'misrepresented-origin'],
} as const;
export type ConcernKind = keyof typeof CONCERN_SUBJECTS_BY_KIND;
export const CONCERN_KINDS = Object.keys(CONCERN_SUBJECTS_BY_KIND) as readonly ConcernKind[];

/** What a concern may be about, and what is found. */
export const CONCERN_SUBJECTS = [
  ...LABOUR_RIGHTS,
  ...CONDUCT_RISKS,
  ...ENVIRONMENT_CRITERIA,
  ...TRADE_TERMS,
  ...FACT_CRITERIA,
] as const;
export type ConcernSubject = (typeof CONCERN_SUBJECTS)[number];

/** The kinds of what a concern is about, each once. */
export function concernKindsOf(subjects: readonly ConcernSubject[]): ConcernKind[] {
  return CONCERN_KINDS.filter((kind) =>
    (CONCERN_SUBJECTS_BY_KIND[kind] as readonly ConcernSubject[]).some((each) => subjects.includes(each)),
  );
}

export const CONCERN_SOURCES = ['public', 'worker', 'regulator', 'operator'] as const;
export type ConcernSource = (typeof CONCERN_SOURCES)[number];
/** The sources that somebody without a key may give. */
export const SOURCES_WITHOUT_KEY: readonly ConcernSource[] = ['public', 'worker'];
