/** The closed lists of the custody events. A word that was recorded is never taken out or given another meaning. */

/** The Agreement's five minerals, and lead (Regulation (EU) 2023/1542). Order is ascending; extend here. */
export const MINERALS = ['cobalt', 'graphite', 'lead', 'lithium', 'manganese', 'nickel'] as const;
export type Mineral = (typeof MINERALS)[number];

export const ROLES = ['miner', 'refiner', 'recycler', 'trader', 'battery-maker', 'attestor', 'regulator'] as const;
export type OrganisationRole = (typeof ROLES)[number];

export const ACTIVITIES = [
  'mining',
  'concentration',
  'refining',
  'recycling',
  'precursor',
  'cathode',
  'anode',
  'electrode',
  'cell',
  'battery',
  'storage',
  'trading',
] as const;
export type Activity = (typeof ACTIVITIES)[number];

export const CUSTODY_MODELS = ['identity-preserved', 'segregated', 'controlled-blending'] as const;
/** Chain-of-custody model, ISO 22095. */
export type CustodyModel = (typeof CUSTODY_MODELS)[number];

export const LABEL_CARRIERS = ['qr', 'rfid', 'barcode', 'print'] as const;
export type LabelCarrier = (typeof LABEL_CARRIERS)[number];
export const LABEL_CONDITIONS = ['intact', 'illegible', 'missing'] as const;
export type LabelCondition = (typeof LABEL_CONDITIONS)[number];

export const ORIGIN_KINDS = ['extracted', 'end-of-life', 'undocumented'] as const;
export type OriginKind = (typeof ORIGIN_KINDS)[number];

export const CONTROL_KINDS = ['ownership', 'board', 'licence', 'jurisdiction'] as const;
/**
 * By what somebody controls an organisation: equity or votes, seats of the board, a licence or contract that gives effective
 * control, or the state to whose jurisdiction it is subject.
 */
export type ControlKind = (typeof CONTROL_KINDS)[number];

export const VISIBILITIES = ['open', 'pseudonymous'] as const;
/** `open`: whoever sees a chain reads the name of the organisation in it; `pseudonymous`: only whom it deals with does. */
export type Visibility = (typeof VISIBILITIES)[number];

export const PRODUCT_KINDS = ['cell', 'module', 'battery'] as const;
export type ProductKind = (typeof PRODUCT_KINDS)[number];

/** Categories of batteries, Regulation (EU) 2023/1542, Art. 3(1), points (9) to (14). */
export const PRODUCT_CATEGORIES = ['ev', 'industrial', 'lmt', 'portable', 'sli'] as const;
export type ProductCategory = (typeof PRODUCT_CATEGORIES)[number];

/**
 * `batch` of products too: both are matter, and have their ids in common. `receipt` and `return` reserve the one settlement,
 * the one taking back, of a shipment; `placement` and `takeback` that a product is placed on the market, and taken back, once.
 */
export const RESERVED_KINDS = [
  'batch',
  'shipment',
  'transformation',
  'receipt',
  'return',
  'placement',
  'takeback',
] as const;
export type ReservedKind = (typeof RESERVED_KINDS)[number];
