/** Sent to the verifier's thread. */
export interface VerifyRequest {
  readonly file: Blob;
  /** First verifier key of the log, as its operator publishes it. */
  readonly key: string;
  /** The `rotations` of `/v1/audit/keys`. */
  readonly rotations: readonly string[];
}

/** Sent by the verifier's thread. */
export type VerifyAnswer =
  | { readonly state: 'reading'; readonly bytes: number }
  | { readonly state: 'holds'; readonly outcome: Outcome }
  | { readonly state: 'fails'; readonly code: string; readonly message: string; readonly line?: number };

export interface Outcome {
  readonly origin: string;
  readonly mode: string;
  readonly size: string;
  readonly root: string;
  readonly records: number;
  readonly hidden: string;
  readonly signatures: number;
  readonly subject: string | undefined;
  readonly verdicts: readonly { readonly programme: string; readonly verdict: string }[];
  readonly notProven: readonly string[];
}

/** The signed log in which an event was proven to be. */
export interface Included {
  readonly origin: string;
  readonly size: string;
  readonly root: string;
  readonly key: string;
}
