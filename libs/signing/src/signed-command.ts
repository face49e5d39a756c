/** What a command names beside its body: the words of its path between the others. */
export type SignedTarget = Readonly<
  Partial<Record<'site' | 'organisation' | 'attestation' | 'concern' | 'scheme' | 'key', string>>
>;

/** What a command's signature covers: its line in an import file without `idempotencyKey` and `signature`. */
export type SignedCommand = SignedTarget & {
  /** The last word of its path. */
  readonly command: string;
  /** As it is sent. */
  readonly body: unknown;
};

export function signedCommand(command: string, target: SignedTarget, body: unknown): SignedCommand {
  return { ...target, command, body };
}
