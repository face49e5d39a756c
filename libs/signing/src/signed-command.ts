/** What a command names besides its body: the ids in its path. */
export type SignedTarget = Readonly<
  Partial<Record<'site' | 'organisation' | 'attestation' | 'concern' | 'scheme' | 'key' | 'disclosure', string>>
>;

/** A command as it is signed: its line in an import file without `idempotencyKey` and `signature`. */
export type SignedCommand = SignedTarget & {
  /** The last word of its path. */
  readonly command: string;
  /** As it is sent. */
  readonly body: unknown;
};

export function signedCommand(command: string, target: SignedTarget, body: unknown): SignedCommand {
  return { ...target, command, body };
}

/** The ledger and organisation that a command is meant for: a signature is valid only for these. */
export interface SignedFor {
  /** Origin of the ledger: the first line of its checkpoints. */
  readonly ledger: string;
  /** The organisation whose command it is: see `signerOf`. */
  readonly organisationId: string;
}

/** What is signed: the command, bound to the ledger and the organisation. */
export function boundCommand(command: SignedCommand, { ledger, organisationId }: SignedFor): SignedCommand & SignedFor {
  return { ...command, ledger, organisationId };
}

/** What is signed to erase what an event withholds: nothing but which event it is. */
export function erasureCommand(eventId: string): SignedCommand {
  return signedCommand('erasure', { disclosure: eventId }, {});
}
