import { disclosed, withheldIn } from '#custody';
import { type SignedCommand } from './signed-command.js';

type Data = Readonly<Record<string, unknown>>;

/** What of an event is compared with the command that was signed. */
export interface Recorded {
  readonly stream: string;
  readonly type: string;
  readonly data: Data;
  readonly occurredAt: string;
}

interface Form {
  readonly command: string;
  /** The event's data in the words of the command; what the ledger itself added is left out. Default: the data as they are. */
  readonly body?: (data: Data) => Data;
  /** Beside the stream's own id. */
  readonly target?: (data: Data) => Partial<SignedCommand>;
  /** The id of the stream is in the body, not in the address. */
  readonly opens?: true;
}

const without =
  (...fields: readonly string[]) =>
  (data: Data): Data =>
    Object.fromEntries(Object.entries(data).filter(([field]) => !fields.includes(field)));

const FORMS: Readonly<Record<string, Form>> = {
  OrganisationRegistered: { command: 'organisations', opens: true },
  AccreditationGranted: { command: 'accreditations' },
  AccreditationWithdrawn: {
    command: 'withdrawal',
    body: without('scheme'),
    target: ({ scheme }) => ({ scheme: scheme as string }),
  },
  SigningKeyRegistered: { command: 'signing-keys' },
  SigningKeyRevoked: {
    command: 'revocations',
    body: without('keyId'),
    target: ({ keyId }) => ({ key: keyId as string }),
  },
  SigningPolicyChosen: { command: 'signing-policy' },
  VisibilityChosen: { command: 'visibility' },
  SiteOpened: {
    command: 'sites',
    opens: true,
    body: without('organisationId'),
    target: ({ organisationId }) => ({ organisation: organisationId as string }),
  },
  BatchRegistered: { command: 'batches' },
  BatchesTransformed: { command: 'transformations' },
  BatchSplit: { command: 'splits' },
  BatchesDispatched: {
    command: 'dispatches',
    body: (data) => ({ ...without('batches')(data), batchIds: listOf(data).map(({ batchId }) => batchId) }),
  },
  BatchesReceived: {
    command: 'receipts',
    body: (data) => ({
      ...without('consignorSiteId')(data),
      batches: listOf(data).map(({ batchId, grossGrams, labels }) => ({ batchId, grossGrams, labels })),
    }),
  },
  ShipmentRefused: { command: 'refusals' },
  ShipmentReturned: { command: 'returns', body: without('batches') },
  BatchLabelled: { command: 'labels' },
  LabelRemoved: { command: 'label-removals' },
  BatchAssayed: { command: 'assays' },
  RecycledContentDeclared: { command: 'declarations' },
  BatchHeld: { command: 'holds', body: without('authority') },
  BatchReleased: { command: 'releases' },
  BatchConsumed: { command: 'consumptions' },
  BatchDisposed: { command: 'disposals' },
  RecordCorrected: { command: 'corrections' },
  AttestationIssued: { command: 'attestations', opens: true },
  AttestationSuspended: { command: 'suspensions' },
  AttestationReinstated: { command: 'reinstatements' },
  AttestationRevoked: { command: 'revocations' },
  LabourConcernRaised: { command: 'concerns', opens: true },
  InvestigationOpened: { command: 'investigations' },
  FindingRecorded: { command: 'findings' },
  RemediationAccepted: { command: 'remediations' },
  ConcernClosed: { command: 'closure' },
};

/**
 * The command that an event says it comes of, to be compared with the one that was signed: the ledger may have added what
 * it alone knows (the content of what is dispatched, the authority behind a hold), and nothing else.
 * @returns undefined for a type that no command records
 */
export function restatementOf({ stream, type, data, occurredAt }: Recorded, signed: SignedCommand): unknown {
  const form = FORMS[type];
  if (!form) return undefined;
  const at = stream.indexOf('-');
  const id = form.opens ? {} : { [stream.slice(0, at)]: stream.slice(at + 1) };
  const asked: unknown = signed.body;
  const body: Record<string, unknown> = { ...(form.body?.(data) ?? data) };
  if (isObject(asked) && 'occurredAt' in asked) body['occurredAt'] = occurredAt;
  if (type === 'BatchesReceived')
    body['batches'] = withoutUnsaid(body['batches'], isObject(asked) ? asked['batches'] : []);
  return { ...id, ...form.target?.(data), command: form.command, body: asWithheld(body, asked) };
}

/** What the command withholds stands in it as a bare commitment, and is listed with the reason beside. */
function asWithheld(body: Data, asked: unknown): Data {
  const listed: unknown = isObject(asked) ? asked['withheld'] : undefined;
  if (!Array.isArray(listed)) return body;
  const found = withheldIn(body);
  const bare = new Map<string, unknown>();
  const withheld = listed.filter(isObject).map(({ path }) => {
    const stands = found.get(String(path));
    if (!stands) return undefined;
    bare.set(stands.commitment, { commitment: stands.commitment });
    return { path, legalBasis: stands.legalBasis, until: stands.until };
  });
  return withheld.includes(undefined) ? body : { ...disclosed(body, bare), withheld };
}

/** A receipt that names no labels is recorded with none. */
function withoutUnsaid(recorded: unknown, asked: unknown): unknown {
  return (recorded as Data[]).map((batch, index) => {
    const said: unknown = Array.isArray(asked) ? asked[index] : undefined;
    const { labels, ...rest } = batch;
    const isUnsaid = isObject(said) && !('labels' in said) && Array.isArray(labels) && labels.length === 0;
    return isUnsaid ? rest : batch;
  });
}

function listOf({ batches }: Data): Data[] {
  return Array.isArray(batches) ? batches.filter(isObject) : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
