import { type EventMetadata, type SiteEvent } from '#custody';
import { type NewEvent } from '#event-store';
import { type ToBeSigned } from './signatures.js';

/** A command that its account and the facts allow. */
export interface Decided {
  readonly fact: ToBeSigned;
  readonly recorded?: never;
  readonly facts: readonly SiteEvent[];
  readonly events: readonly NewEvent[];
  readonly metadata: EventMetadata;
}
