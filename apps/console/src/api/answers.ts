/** What the console reads of the ledger's answers; `/openapi.json` has them in full. */

export type VerdictWord = 'holds' | 'broken' | 'unproven' | 'undetermined' | 'not-in-force' | 'out-of-scope';

export interface List<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export interface Origin {
  readonly country: string;
  readonly class: string;
  readonly recycledIn?: string;
  readonly grams: number;
  readonly milligrams: number;
}

export interface Batch {
  readonly batchId: string;
  readonly material: string;
  readonly status: string;
  readonly siteId?: string;
  readonly grossGrams: number;
  readonly contentGrams: Readonly<Record<string, number>>;
  readonly contentKnown: boolean;
  readonly composition: Readonly<Record<string, readonly Origin[]>>;
  readonly labels: readonly { readonly labelId: string; readonly standard: string; readonly value?: string }[];
  readonly held: boolean;
  /** When it is a product: used, placed on the market and wasted whole. */
  readonly product?: Product;
}

/** What a cell, a module or a battery is; texts that the reader may not know are objects, or are not there. */
export interface Product {
  readonly kind: string;
  readonly model?: unknown;
  readonly category?: string;
  readonly capacityWh?: number;
  readonly serial?: unknown;
  readonly plantSiteId: string;
  readonly assembledAt: string;
  readonly secondLife?: boolean;
  readonly placedOnMarket?: {
    /** The day. */
    readonly date: string;
    readonly country: string;
    readonly by?: unknown;
    readonly siteId: string;
  };
  readonly takenBackAt?: string;
}

export interface Part {
  readonly batchId: string;
  readonly grossGrams: number;
}

export interface Making {
  readonly kind: string;
  readonly transformationId?: string;
  readonly eventId: string;
  readonly siteId: string;
  readonly process?: string;
  readonly occurredAt: string;
  readonly inputs: readonly Part[];
  readonly outputs: readonly Part[];
}

export interface Hop {
  readonly shipmentId: string;
  readonly batchId: string;
  readonly consignorSiteId: string;
  readonly consigneeSiteId: string;
  readonly dispatchedAt: string;
  readonly receivedAt?: string;
  readonly status: string;
}

export interface Provenance {
  readonly batches: readonly (Batch & { readonly depth: number })[];
  readonly transformations: readonly Making[];
  readonly hops: readonly Hop[];
  readonly truncated: boolean;
}

export interface Claim {
  readonly claim: string;
  readonly right?: string;
  readonly mineral?: string;
  readonly document?: string;
  readonly verdict: VerdictWord;
  readonly citation: string;
  readonly act?: string;
  readonly indicative?: boolean;
  /** Shares as decimal texts, of the mineral's content. */
  readonly lower?: string;
  readonly upper?: string;
  readonly threshold?: string;
}

/** Why lines of a programme do not hold. */
export interface Reason {
  /** The lines of the programme that it explains. */
  readonly about: readonly Pick<Claim, 'claim' | 'right' | 'mineral' | 'document'>[];
  readonly verdict: VerdictWord;
  readonly because: string;
  readonly sentence: string;
  readonly eventIds: readonly string[];
  readonly batchId?: string;
  readonly siteId?: string;
  readonly from?: string;
  readonly until?: string;
}

export interface LedgerEvent {
  readonly eventId: string;
  readonly logIndex: number;
  readonly leafHash: string;
  /** Nothing of it is left out or replaced for this reader. */
  readonly whole: boolean;
  readonly record: {
    readonly stream: string;
    readonly type: string;
    readonly data: Readonly<Record<string, unknown>>;
    readonly metadata: {
      readonly occurredAt?: string;
      readonly recordedAt?: string;
      readonly actor?: { readonly organisation?: string };
    };
  };
}

export interface Claims {
  readonly programme: string;
  readonly validAt: string;
  readonly knownAt: { readonly logIndex: number };
  readonly verdict: VerdictWord;
  readonly claims: readonly Claim[];
  readonly explanations: readonly Reason[];
  /** To whoever asked for it. */
  readonly restsOn?: RestsOn;
}

/** What a line would be if one statement had never been made, and the first reason that it has not now. */
export interface Missing {
  readonly verdict: VerdictWord;
  readonly lower?: string;
  readonly because?: string;
  readonly batchId?: string;
  readonly siteId?: string;
  readonly from?: string;
  readonly until?: string;
}

/** An attestation that vouches for a line. */
export interface Statement {
  readonly attestationId: string;
  readonly issuerOrganisationId: string;
  readonly scheme: string;
  readonly assurance: string;
  readonly siteId: string;
  /** Of what counts here. */
  readonly from: string;
  readonly until: string;
  readonly missing: Missing;
}

export interface RestsOn {
  readonly claims: readonly (Pick<Claim, 'claim' | 'right' | 'mineral' | 'document'> & {
    readonly statements: readonly Statement[];
  })[];
  /** There are more statements than were tried. */
  readonly truncated: boolean;
}

export interface Programme {
  readonly id: string;
  readonly programme: string;
  readonly title: string;
}

export interface Overview {
  readonly programme: string;
  readonly judgedUpTo: number;
  readonly verdicts: Readonly<Partial<Record<VerdictWord, number>>>;
  readonly claims: readonly {
    readonly claim: string;
    readonly right?: string;
    readonly mineral?: string;
    readonly verdicts: Readonly<Partial<Record<VerdictWord, number>>>;
  }[];
}

/** Texts are objects where they are withheld. */
export interface Concern {
  readonly concernId: string;
  readonly siteId: string;
  readonly kinds: readonly string[];
  readonly rights: readonly string[];
  readonly source?: string;
  readonly statement?: unknown;
  readonly raisedAt: string;
  readonly status: string;
  readonly investigation?: { readonly by: unknown; readonly openedAt: string };
  readonly findings?: readonly Finding[];
  readonly remediation?: { readonly acceptedAt: string };
  readonly closure?: { readonly outcome: unknown; readonly closedAt: string };
}

export interface Finding {
  readonly eventId: string;
  readonly substantiated: boolean;
  readonly rights: readonly string[];
  readonly from: string;
  readonly until?: string;
  readonly annulled?: { readonly reason: unknown; readonly annulledAt: string };
}

export interface Site {
  readonly siteId: string;
  readonly organisationId: string;
  /** An object where it is withheld. */
  readonly name: unknown;
  readonly country: string;
  readonly activities: readonly string[];
  readonly openedAt: string;
  readonly hold?: object;
}

export interface Found {
  readonly kind: 'organisation' | 'site' | 'batch';
  readonly id: string;
  readonly matched: { readonly field: string; readonly text: string };
  /** An object where it is withheld. */
  readonly name?: unknown;
  readonly country?: string;
  readonly material?: string;
  readonly siteId?: string;
}

export interface SearchAnswer {
  readonly items: readonly Found[];
  readonly more: boolean;
}

export interface Difference {
  readonly batchId: string;
  readonly programme: string;
  readonly from: VerdictWord | null;
  readonly to: VerdictWord | null;
  readonly claims: readonly (Pick<Claim, 'claim' | 'right' | 'mineral'> & {
    readonly from: VerdictWord | null;
    readonly to: VerdictWord | null;
  })[];
  readonly events: readonly { readonly eventId: string; readonly logIndex: number; readonly type: string }[];
  readonly timePassed: boolean;
}

export interface DifferencesPage {
  readonly items: readonly Difference[];
  readonly next: string | null;
}

export interface Shipment {
  readonly shipmentId: string;
  readonly consignorSiteId: string;
  readonly consigneeSiteId: string;
  readonly status: string;
  readonly batchIds: readonly string[];
  readonly dispatchedAt: string;
  readonly settledAt?: string;
  readonly held: boolean;
}

/** A concern as everybody may read it. */
export interface DocketEntry {
  readonly concernId: string;
  readonly siteId: string;
  readonly organisationId: string;
  readonly country: string;
  readonly kinds: readonly string[];
  readonly rights: readonly string[];
  readonly raisedAt: string;
  readonly admittedAt: string;
  readonly summary: string;
  readonly status: string;
  readonly investigationOpenedAt?: string;
  readonly findings: readonly {
    readonly substantiated: boolean;
    readonly rights: readonly string[];
    readonly from: string;
    readonly until?: string;
    readonly annulledAt?: string;
  }[];
  readonly remediationAcceptedAt?: string;
  readonly closedAt?: string;
  /** An object where it is withheld. */
  readonly outcome?: unknown;
  readonly comments: readonly {
    readonly statement: string;
    readonly author?: string;
    readonly organisationId?: string;
    readonly commentedAt: string;
  }[];
  readonly answers: readonly { readonly statement: string; readonly answeredAt: string }[];
}

/** Of a concern that is not on the docket, to whoever raised it. */
export interface NotOnDocket {
  readonly concernId: string;
  readonly status: 'awaiting-admission' | 'declined';
  /** An object where it is withheld. */
  readonly reason?: unknown;
}

/** What came without a key and awaits a regulator. */
export interface Awaiting {
  readonly what: 'concern' | 'comment';
  readonly concernId: string;
  readonly siteId: string;
  readonly eventId: string;
  readonly sentAt: string;
  readonly rights: readonly string[];
  /** Objects where they are withheld. */
  readonly statement?: unknown;
  readonly author?: unknown;
}
