import { type RecordingCapability } from '#vocabulary';
import { FACT_OF } from './recorded-facts.js';

/** The parts of an event, recorded or about to be, that decide whose signature it needs. */
export interface Fact {
  readonly stream: string;
  /** For a correction, the type of what it corrects: see {@link decidingType}. */
  readonly type: string;
  readonly actor: { readonly organisation?: string | undefined };
}

/** The organisation responsible for a site or an attestation; undefined: not known here. */
export interface Owners {
  organisationOfSite(siteId: string): string | undefined;
  issuerOf(attestationId: string): string | undefined;
}

/** What others (a registry, an authority) record about an organisation or its site. */
const BY_OTHERS: ReadonlySet<string | undefined> = new Set<RecordingCapability>([
  'register-organisations',
  'accredit-organisations',
  'hold-batches',
  'confirm-corrections',
]);
/** Recorded by the organisation it belongs to, or by an authority. */
const MAY_BE_OF_AUTHORITY: ReadonlySet<string | undefined> = new Set<RecordingCapability>(['suspend-attestations']);
/** What an organisation records about its signatures. */
export const SIGNING_EVENTS: ReadonlySet<string> = new Set([
  'SigningKeyRegistered',
  'SigningKeyRevoked',
  'SigningPolicyChosen',
]);

/** Whether authorities record it at a site, and correct it themselves. */
export function isOfAuthority(type: string): boolean {
  return FACT_OF.get(type)?.capability === 'hold-batches';
}

/**
 * The type that decides whose a fact is: a correction belongs to whoever records what it corrects.
 * @param corrected type of the original event of a correction; undefined: not known
 */
export function decidingType(type: string, corrected: string | undefined): string {
  return type === 'RecordCorrected' && corrected !== undefined && isOfAuthority(corrected) ? corrected : type;
}

/**
 * The organisation whose command it is and whose keys can sign it: for what happens at a site, the site's; for an
 * attestation, its issuer; for an organisation's own affairs, the organisation itself. For accreditations, holds,
 * confirmations, concerns and erasures it is the organisation of whoever records them, who need not have one.
 */
export function signerOf({ stream, type, actor }: Fact, owners: Owners): string | undefined {
  const at = stream.indexOf('-');
  const id = stream.slice(at + 1);
  if (BY_OTHERS.has(FACT_OF.get(type)?.capability)) return actor.organisation;
  switch (stream.slice(0, at)) {
    case 'site':
      return owners.organisationOfSite(id);
    case 'organisation':
      return id;
    case 'attestation': {
      const issuer = owners.issuerOf(id);
      const isOfOthers = actor.organisation !== undefined && actor.organisation !== issuer;
      return isOfOthers && MAY_BE_OF_AUTHORITY.has(FACT_OF.get(type)?.capability) ? actor.organisation : issuer;
    }
    case 'concern':
    case 'disclosure':
      return actor.organisation;
    default:
      return undefined; // a reservation of an id belongs to the command that uses it
  }
}

/**
 * Whether its organisation's demand for signatures applies to it. The registry, which belongs to no organisation, can always
 * register and revoke keys: it is the way back for whoever has lost them all.
 */
export function demandsSignature({ stream, type, actor }: Fact): boolean {
  if (SIGNING_EVENTS.has(type)) return actor.organisation !== undefined;
  return /^(site|organisation|attestation|concern|disclosure)-/.test(stream);
}
