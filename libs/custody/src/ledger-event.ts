/** `{ type, data }` for each entry of a map of event type → data. */
export type EventOf<Map> = { [T in keyof Map & string]: { readonly type: T; readonly data: Map[T] } }[keyof Map &
  string];

/** A command's signature, with all that is needed to check it again beside the organisation's keys. */
export interface CommandSignature {
  /** Whose key it is. */
  organisationId: string;
  /** Compact JWS without its payload (RFC 7515 App. F), over the RFC 8785 form of `command`. */
  jws: string;
  /** What was signed: the command's name, its target and its body, as they were sent. */
  command: Record<string, unknown>;
}

/** What every event of the ledger carries beside its data. */
export interface EventMetadata {
  commandId: string;
  actor: { principal: string; organisation?: string };
  /** When it happened in the world, as claimed. */
  occurredAt: string;
  /** When the ledger wrote it. */
  recordedAt: string;
  schemaVersion: number;
  /**
   * 16 random bytes of the record's own, base64url. Its leaf hash is public: without them it would confirm a guess at what
   * the record says. Whoever sees a record in part does not see them.
   */
  salt?: string;
  /** SHA-256 of the request, hex, when it came with an Idempotency-Key. */
  requestSha256?: string;
  /** Of a signed command. */
  signature?: CommandSignature;
}

/** An event of any type, its data not yet looked at. */
export interface AnyEvent {
  readonly type: string;
  readonly data: unknown;
}

/** An event as a fold sees it, from whichever store. */
export interface LedgerEvent<E extends { type: string; data: unknown }> {
  readonly id: string;
  readonly stream: string;
  readonly revision: bigint;
  readonly type: E['type'];
  readonly data: E['data'];
  readonly metadata: EventMetadata;
}

/** The event's type and data as one of E: its writer chose the data by the type, which `LedgerEvent` cannot express. */
export function factOf<E extends { type: string; data: unknown }>(event: LedgerEvent<E>): E {
  return event as unknown as E;
}
