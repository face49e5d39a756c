import { describe, expect, it } from '@jest/globals';
import { concernKindsOf, type ConcernEvent, type ConcernRaised } from '../events.js';
import { day, given, recorded, type Decider } from '../testing/given.js';
import {
  decideConcern,
  evolveConcern,
  initialConcern,
  type ConcernCommand,
  type ConcernFacts,
  type ConcernState,
} from './concern.js';
import { MOST_ANSWERS, MOST_COMMENTS, MOST_COMMENTS_AWAITING } from './docket.js';

type Given = ConcernEvent & { at: string };

const RAISED: ConcernRaised = { concernId: 'c1', siteId: 'mine', rights: ['water'], source: 'public' };
const withKey: Given = { type: 'ConcernRaised', data: RAISED, at: day('2025-01-01') };
const without: Given = { type: 'ConcernRaised', data: { ...RAISED, awaitsAdmission: true }, at: day('2025-01-01') };
const admitted: Given = { type: 'ConcernAdmitted', data: { summary: 'Red water' }, at: day('2025-01-02') };
const declined: Given = { type: 'ConcernDeclined', data: { reason: 'No fact' }, at: day('2025-01-02') };
const closed: Given = { type: 'ConcernClosed', data: { outcome: 'none' }, at: day('2025-01-03') };
const commented = (at: string, awaitsAdmission?: true): Given => ({
  type: 'ConcernCommented',
  data: { statement: 'I saw it', ...(awaitsAdmission && { awaitsAdmission }) },
  at: day(at),
});
const LATER = day('2025-06-01');

const raise: ConcernCommand = { kind: 'concerns', body: RAISED };
const admit: ConcernCommand = { kind: 'admission', body: { summary: 'Red water' } };
const decline: ConcernCommand = { kind: 'declination', body: { reason: 'No fact' } };
const comment: ConcernCommand = { kind: 'comments', body: { statement: 'I saw it' } };
const answer: ConcernCommand = { kind: 'answers', body: { statement: 'It is mended' } };
const investigate: ConcernCommand = { kind: 'investigations', body: { by: 'inspectorate' } };
const admitComment = (eventId: string): ConcernCommand => ({ kind: 'comment-admissions', body: { eventId } });
const declineComment = (eventId: string): ConcernCommand => ({
  kind: 'comment-declinations',
  body: { eventId, reason: 'Spam' },
});

const KEYED: ConcernFacts = { siteExists: true, byAnyone: false, ofSite: false, knows: true };
const ANYONE: ConcernFacts = { ...KEYED, byAnyone: true };
const OF_SITE: ConcernFacts = { ...KEYED, ofSite: true };

function concern(facts: ConcernFacts = KEYED): Decider<ConcernState, ConcernCommand, ConcernEvent> {
  return {
    initial: initialConcern,
    evolve: evolveConcern,
    decide: (command, state, moment) => decideConcern(command, state, facts, moment),
  };
}

describe('a concern that is raised without a key', () => {
  it('says so, whether or not there is such a site', () => {
    const data = { ...RAISED, awaitsAdmission: true };
    given(concern(ANYONE)).when(raise, LATER).then({ type: 'ConcernRaised', data });
    given(concern({ ...ANYONE, siteExists: false }))
      .when(raise, LATER)
      .then({ type: 'ConcernRaised', data });
    given(concern()).when(raise, LATER).then({ type: 'ConcernRaised', data: RAISED });
  });

  it.each(['regulator', 'operator'] as const)('does not speak as a %s', (source) => {
    given(concern(ANYONE))
      .when({ kind: 'concerns', body: { ...RAISED, source } }, LATER)
      .thenRefused('invalid-request', 'source');
  });

  it('takes no step before it is admitted, and none when it is declined', () => {
    given(concern(), [without]).when(investigate, LATER).thenRefused('occurred-out-of-order');
    given(concern(), [without, admitted])
      .when(investigate, LATER)
      .then({ type: 'InvestigationOpened', data: investigate.body });
    for (const command of [investigate, admit, decline])
      given(concern(), [without, declined]).when(command, LATER).thenRefused('occurred-out-of-order');
  });

  it('is admitted once, about a site that exists, or declined', () => {
    given(concern(), [without])
      .when(admit, LATER)
      .then({ type: 'ConcernAdmitted', data: { summary: 'Red water' } });
    given(concern({ ...KEYED, siteExists: false }), [without])
      .when(admit, LATER)
      .thenRefused('not-found');
    given(concern(), [without, admitted]).when(admit, LATER).thenRefused('occurred-out-of-order');
    given(concern(), [without])
      .when(decline, LATER)
      .then({ type: 'ConcernDeclined', data: { reason: 'No fact' } });
    given(concern(), [without, admitted]).when(decline, LATER).thenRefused('occurred-out-of-order');
    given(concern(), [withKey]).when(decline, LATER).thenRefused('occurred-out-of-order');
  });
});

describe('the docket of a concern', () => {
  it('is commented once the concern is admitted, and else as if it were not there', () => {
    for (const events of [[], [without], [withKey], [without, declined]])
      for (const facts of [KEYED, ANYONE, OF_SITE])
        given(concern(facts), events).when(comment, LATER).thenRefused('not-found');
    const data = { statement: 'I saw it' };
    given(concern(), [withKey, admitted]).when(comment, LATER).then({ type: 'ConcernCommented', data });
    given(concern(ANYONE), [withKey, admitted])
      .when(comment, LATER)
      .then({ type: 'ConcernCommented', data: { ...data, awaitsAdmission: true } });
    given(concern({ ...KEYED, knows: false }), [withKey, admitted])
      .when(comment, LATER)
      .thenRefused('not-found');
    given(concern(), [withKey, admitted, closed]).when(comment, LATER).thenRefused('occurred-out-of-order');
  });

  it('is answered by the organisation of the site alone, once that may know of the concern', () => {
    given(concern(), [withKey, admitted]).when(answer, LATER).thenRefused('not-found');
    given(concern(OF_SITE), [without]).when(answer, LATER).thenRefused('not-found');
    const data = { statement: 'It is mended' };
    for (const events of [[withKey], [withKey, admitted], [without, admitted]])
      given(concern(OF_SITE), events).when(answer, LATER).then({ type: 'ConcernAnswered', data });
  });

  it('admits or declines each comment once that came without a key', () => {
    const events = [without, admitted, commented('2025-01-03', true), commented('2025-01-03')];
    for (const [command, type] of [
      [admitComment('event-2'), 'CommentAdmitted'],
      [declineComment('event-2'), 'CommentDeclined'],
    ] as const) {
      given(concern(), events)
        .when(command, LATER)
        .then({ type, data: command.body as never });
      const done: Given = { type, data: command.body as never, at: day('2025-01-04') };
      given(concern(), [...events, done])
        .when(command, LATER)
        .thenRefused('not-found', 'eventId');
    }
    given(concern(), events).when(admitComment('event-3'), LATER).thenRefused('not-found', 'eventId');
  });

  it('is not held up by the times that others claim of their words', () => {
    const { state } = given(concern(), [without, admitted, commented('2029-01-01', true)]);
    expect(state.lastOccurredAt).toBe(day('2025-01-02'));
  });

  it('has room for so much', () => {
    const awaiting = Array.from({ length: MOST_COMMENTS_AWAITING }, () => commented('2025-01-03', true));
    const open = [without, admitted, ...awaiting];
    given(concern(ANYONE), open).when(comment, LATER).thenRefused('queue-full');
    given(concern(), open)
      .when(comment, LATER)
      .then({ type: 'ConcernCommented', data: { statement: 'I saw it' } });
    const all = Array.from({ length: MOST_COMMENTS }, () => commented('2025-01-03'));
    given(concern(), [withKey, admitted, ...all])
      .when(comment, LATER)
      .thenRefused('queue-full');
    const answers = Array.from({ length: MOST_ANSWERS }, (): Given => ({
      type: 'ConcernAnswered',
      data: { statement: 'x' },
      at: LATER,
    }));
    given(concern(OF_SITE), [withKey, ...answers])
      .when(answer, LATER)
      .thenRefused('queue-full');
  });

  it('makes room when a comment is declined', () => {
    const events = [
      without,
      admitted,
      ...Array.from({ length: MOST_COMMENTS_AWAITING }, () => commented('2025-01-03', true)),
    ];
    const declinedOne: Given = {
      type: 'CommentDeclined',
      data: { eventId: 'event-2', reason: 'Spam' },
      at: day('2025-01-04'),
    };
    const state = [...events, declinedOne].map(recorded).reduce(evolveConcern, initialConcern());
    expect(state.docket.comments.size).toBe(MOST_COMMENTS_AWAITING - 1);
  });
});

describe('what a concern is about', () => {
  it('is of these kinds', () => {
    expect(concernKindsOf(['child-labour', 'forced-labour'])).toEqual(['labour']);
    expect(concernKindsOf(['misrepresented-origin'])).toEqual(['conduct', 'origin']);
    expect(concernKindsOf(['site-facts', 'water', 'export-duty'])).toEqual(['environment', 'trade', 'origin']);
  });
});
