/** To the verifier's thread. */
export interface VerifyRequest {
  readonly file: Blob;
  /** First key of the log, as its holder publishes it. */
  readonly key: string;
  /** What `/v1/audit/keys` answers in `rotations`. */
  readonly rotations: readonly string[];
}

/** From the verifier's thread. */
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

/** In which signed log an event was found to be. */
export interface Included {
  readonly origin: string;
  readonly size: string;
  readonly root: string;
  readonly key: string;
}
