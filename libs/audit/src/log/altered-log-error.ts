/** The stored log is not the one that was signed: the ledger neither signs nor starts. */
export class AlteredLogError extends Error {
  override readonly name = 'AlteredLogError';

  constructor(
    /** What is wrong, as a sentence. */
    readonly finding: string,
    /** The first log index that is known to be wrong; undefined when it is no leaf that is wrong. */
    readonly logIndex: bigint | undefined,
  ) {
    super(
      `ALARM: the log is not the one that this ledger has signed: ${finding} Nothing more is signed. Keep the data folder ` +
        'as it is, it is evidence; run "lodebook fsck" for the first wrong event; restore the log from a backup that ' +
        'holds all that was signed. No shorter or other log can be made to agree with checkpoints that others may hold.',
    );
  }
}
