import { type SiteEvent } from '#custody';
import { CommandRefused } from './refused.js';

/** Judges whether what follows the log can carry what a command makes of compositions, which accounts do not know. */
export interface CompositionCheck {
  /**
   * @param facts decided, and not yet in the log
   * @throws CommandRefused `composition-too-wide`, {@link CompositionUnknown}
   */
  check(siteId: string, facts: readonly SiteEvent[]): Promise<void> | undefined;
}

/** What the command uses was recorded so lately that nobody has derived yet what it is made of. */
export class CompositionUnknown extends CommandRefused {
  /** @param known waits for it, for some seconds at most */
  constructor(readonly known: () => Promise<boolean>) {
    super(
      'overloaded',
      'What the batches of this command are made of is not derived yet, and it makes too many of them to go without.',
      [],
      1,
    );
  }
}
