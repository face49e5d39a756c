import { expect } from '@jest/globals';
import { type Decision, type LedgerEvent, type Moment, type RefusalCode } from '#custody';

/** A pure decider: what it starts from, how events change it, what it answers to a command. */
export interface Decider<State, Command, Event extends { type: string; data: unknown }> {
  readonly initial: () => State;
  readonly evolve: (state: State, event: LedgerEvent<Event>) => State;
  readonly decide: (command: Command, state: State, moment: Moment) => Decision<Event>;
}

/** `given(decider, events).when(command, occurredAt).then(…)`, or `.thenRefused(code, path?)`. */
export function given<State, Command, Event extends { type: string; data: unknown }>(
  decider: Decider<State, Command, Event>,
  events: readonly (Event & { at: string })[] = [],
): { when(command: Command, occurredAt: string): Outcome<Event>; state: State } {
  const state = events.map(recorded).reduce(decider.evolve, decider.initial());
  return {
    state,
    when(command, occurredAt) {
      const decision = decider.decide(command, state, {
        occurredAt,
        now: '2030-01-01T00:00:00.000Z',
        authority: 'tester',
      });
      return {
        then: (...expected) => expect(decision).toEqual({ accepted: true, events: expected }),
        thenRefused(code, path) {
          const refusal = path === undefined ? { code } : { code, path };
          expect(decision).toMatchObject({ accepted: false, refusal });
        },
      };
    },
  };
}

interface Outcome<Event> {
  then(...expected: Event[]): void;
  thenRefused(code: RefusalCode, path?: string): void;
}

export function recorded<Event extends { type: string; data: unknown }>(
  { at, type, data }: Event & { at: string },
  index: number,
): LedgerEvent<Event> {
  const metadata = {
    commandId: `command-${index}`,
    actor: { principal: 'tester' },
    occurredAt: at,
    recordedAt: at,
    schemaVersion: 1,
  };
  return { id: `event-${index}`, stream: 'any', revision: BigInt(index), type, data, metadata };
}

/** The first moment of a day. */
export function day(date: string): string {
  return `${date}T00:00:00.000Z`;
}
