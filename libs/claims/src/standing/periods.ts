/**
 * What is said of one right at one site, as periods [from, until): the form in which custody is held against it. Texts of
 * moments are of one width, so that their order is the order of the moments.
 */
import { validityOf, type AttestedRight } from '#attestation';
import { type EventMark } from '../graph/index.js';
import { type AttestationNode, type SiteStanding, type Standing } from './standing.types.js';
import { withdrawalsOf } from './withdrawals.js';

/** Later than every moment the ledger can name. */
const NO_END = '~';

export interface Period {
  readonly from: string;
  readonly until: string;
}
/** A time of an attestation that no longer counts. `changes`: without all of these it would count. */
export interface LostCover extends Period {
  readonly because: 'attestation-suspended' | 'attestation-revoked' | 'accreditation-withdrawn';
  readonly changes: readonly EventMark[];
}
/** A time that an attestation vouches for. */
export interface Cover extends Period {
  readonly attestation: AttestationNode;
}

const LOST_BY = {
  suspended: 'attestation-suspended',
  revoked: 'attestation-revoked',
  withdrawn: 'accreditation-withdrawn',
} as const;

export interface ConcernPeriod extends Period {
  readonly because: 'finding' | 'investigation-open';
  readonly event: EventMark;
}

export interface RightStanding {
  /** Covered by an attestation that counts. Neither sorted nor disjoint. */
  readonly covered: readonly Cover[];
  readonly lost: readonly LostCover[];
  readonly concerns: readonly ConcernPeriod[];
}

/**
 * The standing of the rights at a site as of `validAt`. A suspension, a revocation, a withdrawal of the accreditation or a
 * finding acts from its `from` on, however late it was decided: asking for a valid time before the decision does not undo
 * it; asking what was known before it does. An attestation counts once it is issued. An investigation is open from
 * `InvestigationOpened` to its finding or the concern's closure, for the
 * concern's rights: it leaves open what was in custody meanwhile, but only until it has ended, for then its finding speaks.
 * A substantiated finding lasts from `from` to `until`, without one to the next accepted remediation,
 * or on.
 *
 * Rights that are attested together and that no concern is about have the same standing: they get the same object, so that
 * what is computed for one holds for all.
 */
export class SiteRights {
  readonly #attested: (Pick<RightStanding, 'covered' | 'lost'> & { rights: readonly AttestedRight[] })[] = [];
  readonly #covers = new Map<string, RightStanding>();
  readonly #standings = new Map<AttestedRight, RightStanding>();

  readonly #site: SiteStanding | undefined;
  readonly #validAt: string;

  /** @param organisations those that attested, for what became of their accreditations */
  constructor(site: SiteStanding | undefined, validAt: string, organisations: Standing['organisations']) {
    this.#site = site;
    this.#validAt = validAt;
    for (const attestation of site?.attestations.values() ?? []) {
      // A self-declaration is shown, and proves nothing.
      if (attestation.issued.occurredAt > validAt || attestation.assurance === 'self') continue;
      const covered: Cover[] = [];
      const lost: LostCover[] = [];
      const { validFrom, validUntil, issuerOrganisationId } = attestation;
      const changes = [...attestation.changes, ...withdrawalsOf(attestation, organisations.get(issuerOrganisationId))];
      for (const { from, until, status, causes } of validityOf(validFrom, validUntil, changes)) {
        if (status === 'valid') covered.push({ from, until, attestation });
        else lost.push({ from, until, because: LOST_BY[status], changes: causes });
      }
      this.#attested.push({ rights: attestation.rights, covered, lost });
    }
  }

  of(right: AttestedRight): RightStanding {
    let standing = this.#standings.get(right);
    if (standing === undefined) {
      const cover = this.#coverOf(right);
      const concerns = concernPeriods(this.#site, right, this.#validAt);
      standing = concerns.length === 0 ? cover : { ...cover, concerns };
      this.#standings.set(right, standing);
    }
    return standing;
  }

  #coverOf(right: AttestedRight): RightStanding {
    const attested = this.#attested.map(({ rights }) => rights.includes(right));
    const key = attested.map(Number).join('');
    let cover = this.#covers.get(key);
    if (cover === undefined) {
      const own = this.#attested.filter((_, index) => attested[index]);
      cover = {
        covered: own.flatMap(({ covered }) => covered),
        lost: own.flatMap(({ lost }) => lost),
        concerns: [],
      };
      this.#covers.set(key, cover);
    }
    return cover;
  }
}

function concernPeriods(site: SiteStanding | undefined, right: AttestedRight, validAt: string): ConcernPeriod[] {
  const periods: ConcernPeriod[] = [];
  for (const concern of site?.concerns.values() ?? []) {
    const rightsRaised: readonly string[] = concern.rights;
    for (const { opened, ended } of rightsRaised.includes(right) ? concern.investigations : []) {
      const open = opened.occurredAt <= validAt && (ended === undefined || ended.occurredAt > validAt);
      if (open) periods.push({ from: opened.occurredAt, until: NO_END, because: 'investigation-open', event: opened });
    }
    for (const finding of concern.findings) {
      const rightsFound: readonly string[] = finding.rights;
      if (!finding.substantiated || finding.annulled !== undefined || !rightsFound.includes(right)) continue;
      const remedied = concern.remediations.find(
        ({ logIndex, occurredAt }) => logIndex > finding.logIndex && occurredAt <= validAt,
      );
      const until = finding.until ?? remedied?.occurredAt ?? NO_END;
      periods.push({ from: finding.from, until, because: 'finding', event: finding });
    }
  }
  return periods;
}
