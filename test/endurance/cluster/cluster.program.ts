import { setTimeout as delay } from 'node:timers/promises';
import { SeededRandom } from '../../../apps/cli/src/bench/generate/seeded-random.js';
import { type EventStoreDbCluster, REAL_CLUSTER, startEventStoreDbCluster } from '../../eventstoredb-double/index.js';
import { Client } from '../harness/client.js';
import { caughtUp, logAt } from '../harness/distributed-log.js';
import { Journal } from '../harness/journal.js';
import { LedgerProcess } from '../harness/ledger-process.js';
import { Load } from '../harness/load.js';
import { promise, type EnduranceProgram, type Figures, type Setting } from '../harness/program.js';
import { Witness } from '../harness/soundness.js';
import { markOf, openSites } from '../harness/workload.js';
import { type Outage, OUTAGES, whole } from './outages.js';

/** How many of each round's acknowledged commands are sent again, unchanged and with another body. */
const SENT_AGAIN = 3;
/** Longest pause before and after an outage, in milliseconds. */
const LONGEST_CALM_MS = 2_000;
/** The whole log is compared with the journal each time after this many rounds, and after the last. */
const ROUNDS_A_LOOK = 20;

export const cluster: EnduranceProgram = {
  name: 'cluster',
  tries:
    'a cluster of EventStoreDB that loses leaders, quorums and tails: every command exactly once, one history signed',
  round: 'outage of a node, of the quorum or of the ledger itself, under load',
  rounds: { short: 5, long: 240 },
  run: async (setting) => {
    const nodes = await startEventStoreDbCluster({ timing: REAL_CLUSTER });
    try {
      return await new Outages(setting, nodes).run();
    } finally {
      await nodes.stop();
    }
  },
};

class Outages {
  readonly #random: SeededRandom;
  readonly #journal = new Journal();
  readonly #counts = new Map<string, number>();
  readonly #kinds: readonly Outage[];
  #left: Outage[] = [];
  #data = '';
  #ledger!: LedgerProcess;
  #client!: Client;
  #ended = false;

  readonly #setting: Setting;
  readonly #nodes: EventStoreDbCluster;

  constructor(setting: Setting, nodes: EventStoreDbCluster) {
    this.#setting = setting;
    this.#nodes = nodes;
    this.#random = new SeededRandom(setting.seed);
    this.#kinds = [...OUTAGES, { name: 'ledger killed', befall: () => this.#killLedger() }];
  }

  async run(): Promise<Figures> {
    const setting = this.#setting;
    const nodes = this.#nodes;
    this.#data = await setting.folder();
    const witness = new Witness(await setting.folder());
    await this.#startLedger();
    await openSites(this.#client);
    for (let round = 0; round < setting.rounds; round++) {
      const outage = this.#next();
      const load = new Load(this.#client, this.#journal, `c${round}`, { singles: 6, streams: 1 });
      await load.begun;
      await this.#goOn();
      await outage.befall(nodes, this.#random);
      await whole(nodes);
      await this.#goOn();
      await load.stop();
      await this.#settle();
      await witness.look(this.#client);
      setting.note(
        `${round + 1} ${outage.name}: ${this.#journal.acknowledged} acknowledged, ${this.#journal.retried} sent again`,
      );
      if (round % ROUNDS_A_LOOK === ROUNDS_A_LOOK - 1) await this.#compare();
    }
    await this.#ledger.stop();
    await this.#compare();
    const { events } = await witness.examine(this.#data, { LODEBOOK_EVENTSTORE_URL: nodes.url });
    return {
      ...Object.fromEntries(this.#counts),
      elections: nodes.elections,
      tailsCutOff: nodes.truncations,
      acknowledged: this.#journal.acknowledged,
      lost: 0,
      doubled: 0,
      unansweredAndRetried: this.#journal.retried,
      ofThemRecordedBefore: this.#journal.recordedUnanswered,
      eventsOfTheLedger: events,
      checkpointsHeldTo: witness.checkpoints,
    };
  }

  /** Runs under load with no outage. */
  #goOn(): Promise<void> {
    return delay(this.#random.integer(0, LONGEST_CALM_MS));
  }

  /** Each kind once, in random order, before any is repeated. */
  #next(): Outage {
    if (this.#left.length === 0) this.#left = [...this.#kinds];
    const [outage] = this.#left.splice(this.#random.integer(0, this.#left.length - 1), 1);
    this.#counts.set(outage!.name, (this.#counts.get(outage!.name) ?? 0) + 1);
    return outage!;
  }

  /**
   * Half the time it gets one node's address, as a DNS name in front of the nodes would give it, and has to be
   * redirected to the leader.
   */
  async #startLedger(): Promise<void> {
    const { url } = this.#random.oneIn(2) ? this.#nodes : this.#random.pick(this.#nodes.nodes);
    const ledger = await LedgerProcess.start(this.#data, { LODEBOOK_EVENTSTORE_URL: url });
    void ledger.ended.then(() => (this.#ended ||= this.#ledger === ledger));
    this.#ledger = ledger;
    this.#client = new Client(this.#ledger.url, this.#ledger.key);
  }

  /** Half the time the leader is killed too, and the ledger starts while another is being elected. */
  async #killLedger(): Promise<void> {
    const leader = await this.#nodes.led();
    const both = this.#random.oneIn(2);
    if (both) await this.#nodes.kill(leader);
    const { signal } = await this.#ledger.stop('SIGKILL');
    promise(signal === 'SIGKILL', () => `the ledger ended by itself: ${this.#ledger.log.slice(-2_000)}`);
    if (both) await this.#nodes.start(leader);
    this.#ended = false;
    await this.#startLedger();
  }

  /** Sends unanswered commands again; the ledger must still run, and its read tables must have the whole log. */
  async #settle(): Promise<void> {
    promise(!this.#ended, () => `the ledger ended by itself: ${this.#ledger.log.slice(-2_000)}`);
    await this.#journal.retry(this.#client);
    await this.#journal.sendAgain(this.#client, SENT_AGAIN);
    await caughtUp(this.#client);
  }

  async #compare(): Promise<void> {
    this.#journal.compare(await logAt(this.#nodes.url, this.#data), markOf);
  }
}
