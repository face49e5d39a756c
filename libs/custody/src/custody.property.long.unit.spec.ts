import assert from 'node:assert/strict';
import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { accountFromSnapshot, snapshotOf } from './account/account-snapshot.js';
import { evolveAccount, foldAccount, requiresRefold } from './account/evolve-account.js';
import { initialAccount, type SiteAccount } from './account/site-account.js';
import { MINERALS, type LedgerEvent, type SiteEvent } from './events.js';
import { REFUSAL_CODES, type RefusalCode } from './refusal.js';
import { SITE_COMMAND_KINDS } from './site/site-commands.js';
import { NaiveCustody } from './testing/naive-custody.js';
import { Dice } from './testing/dice.js';
import { RandomCommands } from './testing/random-commands.js';
import { SmallLedger } from './testing/small-ledger.js';
import { runs } from '../../../test/properties/runs.js';

/** Enough for a batch to be made, split, sent, refused, returned, sent again, received and used. */
const MOST_COMMANDS = 50;
const SITES = ['s0', 's1', 's2'] as const;
const START = Date.parse('2025-01-01T00:00:00.000Z');
const MINUTE_MS = 60_000;

const parameters = runs(4_000, 10_000);
const throws = fc.array(fc.nat(), { minLength: 5, maxLength: MOST_COMMANDS, size: 'max' });
const accepted = new Map<string, number>();
const refused = new Map<RefusalCode, number>();

/** Runs one command for each number; `onEvent` sees each recorded event. */
function play(numbers: readonly number[], withCorrections: boolean, onEvent?: (e: LedgerEvent<SiteEvent>) => void) {
  const ledger = new SmallLedger();
  const [first, ...others] = SITES;
  ledger.open(first, ['mining', 'recycling', 'battery'], timeAt(0));
  for (const siteId of others) ledger.open(siteId, ['refining', 'cell'], timeAt(0));
  const random = new RandomCommands(ledger, new Dice(0));
  for (const [index, number] of numbers.entries()) {
    // The same number twice is not the same command twice: fast-check likes small numbers.
    random.dice = new Dice(number + index * 0x9e3779b9);
    const siteId = random.dice.pick(SITES);
    const command = random.next(siteId, withCorrections);
    const past = random.dice.onceIn(12) ? random.dice.below(20) : 0;
    const ahead = random.dice.onceIn(40) ? 6 : 0;
    const occurredAt = random.late(siteId, command) ?? timeAt(index - past + ahead);
    const moment = {
      occurredAt: occurredAt === '' ? timeAt(index) : occurredAt,
      now: timeAt(index),
      authority: 'customs',
    };
    const before = ledger.log.length;
    const decision = ledger.submit(siteId, command, moment);
    if (decision.accepted) count(accepted, command.kind);
    else count(refused, decision.refusal.code);
    ledger.log.slice(before).forEach((event) => onEvent?.(event));
  }
  return ledger;
}

function timeAt(minute: number): string {
  return new Date(START + minute * MINUTE_MS).toISOString();
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** What an account holds, in the terms of the plain bookkeeping. */
function holdings({ batches }: SiteAccount) {
  return new Map(
    [...batches].map(([batchId, { grossGrams, contentGrams }]) => [
      batchId,
      {
        gross: BigInt(grossGrams),
        content: Object.fromEntries(MINERALS.map((mineral) => [mineral, BigInt(contentGrams[mineral] ?? 0)])),
        unknown: Object.keys(contentGrams).length === 0,
      },
    ]),
  );
}

const asJson = (account: SiteAccount) => JSON.stringify(snapshotOf(account));

/** Loads as a server does: a snapshot taken after `cut` events, then the tail; refolded when the tail corrects. */
function loadedFrom(stream: readonly LedgerEvent<SiteEvent>[], cut: number): SiteAccount {
  const snapshot = JSON.stringify(snapshotOf(foldAccount(stream.slice(0, cut))));
  const tail = stream.slice(cut);
  const account = accountFromSnapshot(JSON.parse(snapshot) as ReturnType<typeof snapshotOf>);
  const loaded = tail.reduce(evolveAccount, account);
  if (!tail.some(requiresRefold)) return loaded;
  const { corrections } = loaded;
  return stream.reduce((state, event) => evolveAccount(state, corrections.effective(event)), initialAccount());
}

describe('whatever commands are accepted', () => {
  it('no content appears, no batch is in two places, no amount is used twice', () => {
    fc.assert(
      fc.property(throws, (numbers) => {
        const custody = new NaiveCustody();
        const ledger = play(numbers, false, (event) => custody.record(event));
        custody.checkTotals();
        for (const siteId of SITES) {
          assert.deepStrictEqual(holdings(ledger.account(siteId)), custody.at(`site ${siteId}`));
        }
      }),
      parameters,
    );
  });

  it('an account from a snapshot and the tail is the account from the start, corrected or not', () => {
    fc.assert(
      fc.property(throws, fc.nat(), (numbers, cutAt) => {
        const ledger = play(numbers, true);
        for (const stream of ledger.streams.values()) {
          const fromStart = foldAccount(stream);
          const siteId = fromStart.siteId;
          assert.equal(asJson(ledger.account(siteId)), asJson(fromStart));
          assert.equal(asJson(loadedFrom(stream, cutAt % (stream.length + 1))), asJson(fromStart));
        }
      }),
      parameters,
    );
  });

  it('a batch is in one place at most and weighs something, even after corrections', () => {
    fc.assert(
      fc.property(throws, (numbers) => {
        const ledger = play(numbers, true);
        const places = ledger.inTransit().flatMap(({ batches }) => batches.map(({ batchId }) => batchId));
        for (const siteId of SITES) {
          for (const [batchId, { grossGrams, contentGrams }] of ledger.account(siteId).batches) {
            places.push(batchId);
            assert.ok(grossGrams > 0);
            assert.ok(Object.values(contentGrams).every((grams) => grams >= 0));
          }
        }
        assert.equal(new Set(places).size, places.length);
      }),
      parameters,
    );
  });
});

afterAll(() => {
  // A generator that no longer reaches a command or a refusal would leave the properties true of nothing.
  if (parameters.numRuns < 4_000) return;
  expect(SITE_COMMAND_KINDS.filter((kind) => !accepted.has(kind))).toEqual([]);
  // Of attestations and concerns, and of signatures, which the door checks.
  const elsewhere: readonly RefusalCode[] = [
    'not-accredited',
    'not-independent',
    'not-covered-by-scheme',
    'validity-too-long',
    'begins-too-early',
    'signature-required',
    'signature-invalid',
    'signing-key-unknown',
    'queue-full',
  ];
  expect(REFUSAL_CODES.filter((code) => !refused.has(code) && !elsewhere.includes(code))).toEqual([]);
});
