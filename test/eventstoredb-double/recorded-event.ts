/** An event as a client proposes it: bytes and metadata are kept as received. */
export interface ProposedEvent {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly customMetadata: Uint8Array;
}

export interface RecordedEvent extends ProposedEvent {
  readonly stream: string;
  readonly revision: bigint;
  /** Commit and prepare position in one: a server since 20.6 writes every event as its own committed prepare record. */
  readonly position: bigint;
  readonly createdMs: number;
}
