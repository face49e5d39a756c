import { type ReservedId, type SiteCommand } from '#custody';
import { type CommandContext, type CommandReceipt } from './command-context.js';

/** A command, and the site that it is for. */
export interface SiteRequest {
  readonly siteId: string;
  readonly command: SiteCommand;
  readonly context: CommandContext;
}

/** A command that waits for its turn at its site. */
export interface WaitingCommand {
  readonly request: SiteRequest;
  readonly commandId: string;
  /** The ids that it uses. */
  readonly takes: readonly ReservedId[];
  readonly resolve: (receipt: CommandReceipt) => void;
  readonly reject: (error: unknown) => void;
  /** Rounds that it lost to somebody else's append. */
  lost: number;
  /** The streams of the ids that its site has reserved for it → up to which revision the site has not used them. */
  held?: Map<string, bigint>;
  /** The streams of the ids that it takes and that are another's, or used: no decision makes them free any more. */
  taken?: Set<string>;
}
