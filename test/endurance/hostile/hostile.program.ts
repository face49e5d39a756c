import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from '../harness/client.js';
import { LedgerProcess } from '../harness/ledger-process.js';
import { promise, type EnduranceProgram, type Figures, type Setting } from '../harness/program.js';
import { commandOf, openSites } from '../harness/workload.js';
import { percentile } from '../soak/slope.js';
import { ATTACKS, type Arms } from './attacks.js';
import { Peer } from './peer.js';
import { RawClient } from './raw-client.js';

/** Fewer than the `idle` attack opens. */
const DESCRIPTORS = 600;
const ATTACKERS = 4;
/** In a shorter run, of what depends on the machine's load only a hang is judged. */
const SECONDS_TO_JUDGE = 120;
/**
 * Applies whatever else the machine does; an idle server beside it shows how much of a delay was due to the machine.
 */
const LONGEST_HEALTH_MS = 2_000;
const LONGEST_HEALTH_OF_A_SHORT_RUN_MS = 20_000;
/**
 * How much the used heap may grow from before to after, once all is quiet: for what the honest client has recorded, and
 * caches.
 */
const MOST_HEAP_GROWTH = 128 * 2 ** 20;
const MOST_DESCRIPTOR_GROWTH = 16;

export const hostile: EnduranceProgram = {
  name: 'hostile',
  tries:
    'a hostile client beside an honest one: nothing ends or stalls the server, health answers, the honest one is served',
  round: 'second of attacks',
  rounds: { short: 15, long: 3_600 },
  missing: () =>
    process.platform === 'linux' ? undefined : '/proc and the addresses of all of 127.0.0.0/8 are needed',
  run: (setting) => besiege(setting),
};

async function besiege(setting: Setting): Promise<Figures> {
  const peer = await Peer.start();
  try {
    return await besiegeBeside(peer, setting);
  } finally {
    peer.stop();
  }
}

async function besiegeBeside(peer: Peer, setting: Setting): Promise<Figures> {
  const limited = ['bash', '-c', `ulimit -n ${DESCRIPTORS}; exec "$0" "$@"`];
  const server = await LedgerProcess.start(await setting.folder(), {}, limited);
  let ended = false;
  void server.ended.then(() => (ended = true));
  const operator = new Client(server.url, server.key);
  await openSites(operator);
  const honest = new Client(server.url, await issueKey(operator, 'endurance'));
  const answers = { byStatus: new Map<string, number>() };
  const client = new RawClient(server.url, answers);
  const arms: Arms = {
    client,
    key: await openHostileSite(operator),
    site: 'hostile-site',
    random: randomOf(setting.seed),
  };
  const calm = new Witness(operator, honest, peer, 'calm');
  await delay(5_000);
  await calm.stop();
  const before = await quietState(operator, server.pid);

  const siege = new Witness(operator, honest, peer, 'siege');
  const attacks = await attackFor(setting, arms, () => {
    promise(!ended, () => `the server has ended: ${server.log.slice(-2_000)}`);
    client.check();
  });
  await siege.stop();
  client.closeAll();
  client.check();

  promise(!ended, () => `the server has ended: ${server.log.slice(-2_000)}`);
  const judged = setting.rounds >= SECONDS_TO_JUDGE;
  const longest = judged ? LONGEST_HEALTH_MS : LONGEST_HEALTH_OF_A_SHORT_RUN_MS;
  const slowestHealth = Math.max(...siege.health);
  const slowestPeer = Math.max(...siege.ofPeer);
  promise(
    slowestHealth < longest,
    () => `health was answered after ${slowestHealth.toFixed(0)} ms, an idle server after ${slowestPeer.toFixed(0)} ms`,
  );
  const after = await quietState(operator, server.pid);
  promise(
    after.descriptors - before.descriptors < MOST_DESCRIPTOR_GROWTH,
    () => `${after.descriptors} descriptors are open when all is over, ${before.descriptors} were before`,
  );
  promise(
    !judged || after.heap - before.heap < MOST_HEAP_GROWTH,
    () => `${after.heap} bytes of the heap are used when all is over, ${before.heap} were before`,
  );
  const stray = server.log.split('\n').find((line) => /"level":[56]0/.test(line) && !line.includes('overloaded'));
  promise(stray === undefined, () => `the server has logged an error: ${stray}`);
  const stopped = await server.stop();
  promise(stopped.code === 0, () => `the server ended with ${stopped.signal ?? stopped.code}`);
  return {
    seconds: setting.rounds,
    attacks: [...attacks.values()].reduce((sum, count) => sum + count, 0),
    ...Object.fromEntries([...answers.byStatus].sort().map(([status, count]) => [`answered${status}`, count])),
    honestCommands: siege.commands.length,
    honestMedianMsCalm: percentile(calm.commands, 0.5).toFixed(1),
    honestMedianMs: percentile(siege.commands, 0.5).toFixed(1),
    honestP99Ms: percentile(siege.commands, 0.99).toFixed(0),
    honestSlowestMs: Math.max(...siege.commands).toFixed(0),
    healthMedianMs: percentile(siege.health, 0.5).toFixed(1),
    healthSlowestMs: slowestHealth.toFixed(0),
    idleServerMedianMs: percentile(siege.ofPeer, 0.5).toFixed(1),
    idleServerSlowestMs: slowestPeer.toFixed(0),
    heapMiBBefore: mebibytes(before.heap),
    heapMiBAfter: mebibytes(after.heap),
    residentMiBBefore: mebibytes(before.resident),
    residentMiBAfter: mebibytes(after.resident),
    descriptorsBefore: before.descriptors,
    descriptorsAfter: after.descriptors,
  };
}

/** Each attack once, then any of them at random, several at a time. @returns how often each was made */
async function attackFor(setting: Setting, arms: Arms, check: () => void): Promise<Map<string, number>> {
  const names = Object.keys(ATTACKS);
  const made = new Map<string, number>();
  const until = performance.now() + setting.rounds * 1_000;
  let next = 0;
  const attacker = async (): Promise<void> => {
    while (performance.now() < until) {
      const name = next < names.length ? names[next++]! : names[Math.floor(arms.random() * names.length)]!;
      await ATTACKS[name]!(arms);
      made.set(name, (made.get(name) ?? 0) + 1);
      check();
    }
  };
  await Promise.all(Array.from({ length: ATTACKERS }, attacker));
  setting.note([...made].map(([name, count]) => `${name} ${count}`).join(', '));
  return made;
}

/** Checks health without a key and sends commands with an honest one, one after the other, until it is stopped. */
class Witness {
  /** How long each answer took, milliseconds. */
  readonly health: number[] = [];
  readonly commands: number[] = [];
  /** Of the idle server. */
  readonly ofPeer: number[] = [];
  #stopped = false;
  readonly #work: Promise<unknown>;

  readonly #operator: Client;
  readonly #honest: Client;
  readonly #peer: Peer;
  readonly #name: string;

  constructor(operator: Client, honest: Client, peer: Peer, name: string) {
    this.#operator = operator;
    this.#honest = honest;
    this.#peer = peer;
    this.#name = name;
    this.#work = Promise.all([this.#look(), this.#record()]);
    this.#work.catch(() => undefined); // reported when it is stopped
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#work;
  }

  async #look(): Promise<void> {
    while (!this.#stopped) {
      for (const path of ['/health/live', '/health/ready']) {
        const began = performance.now();
        const { status } = await this.#operator.get(path);
        this.health.push(performance.now() - began);
        const fine = status === 200 || (status === 503 && path === '/health/ready'); // behind, and says so
        promise(fine, () => `${path} was answered ${status}`);
      }
      const began = performance.now();
      await (await fetch(this.#peer.url)).text();
      this.ofPeer.push(performance.now() - began);
      await delay(100);
    }
  }

  async #record(): Promise<void> {
    for (let number = 0; !this.#stopped; number++) {
      const { site, command, body, key } = commandOf(`honest-${this.#name}`, number);
      const began = performance.now();
      const answer = await this.#honest.post(`sites/${site}/${command}`, body, key);
      this.commands.push(performance.now() - began);
      promise(
        answer.status === 201,
        () => `an honest command was answered ${answer.status}: ${JSON.stringify(answer.body)}`,
      );
      await delay(20);
    }
  }
}

interface QuietState {
  readonly heap: number;
  readonly resident: number;
  readonly descriptors: number;
}

/** The minimum over some moments without load, so that garbage not yet collected does not count. */
async function quietState(operator: Client, pid: number): Promise<QuietState> {
  const states: QuietState[] = [];
  for (let look = 0; look < 10; look++) {
    await delay(1_000);
    const { status, body } = await operator.get('/metrics');
    promise(status === 200, () => `/metrics was answered ${status}`);
    const value = (name: string): number =>
      Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(body['text'] as string)?.[1]);
    states.push({
      heap: value('nodejs_heap_size_used_bytes'),
      resident: value('process_resident_memory_bytes'),
      descriptors: readdirSync(`/proc/${pid}/fd`).length,
    });
  }
  const least = (name: keyof QuietState): number => Math.min(...states.map((state) => state[name]));
  return { heap: least('heap'), resident: least('resident'), descriptors: least('descriptors') };
}

async function openHostileSite(operator: Client): Promise<string> {
  await operator.record('organisations', { organisationId: 'hostile', name: 'H', country: 'JP', roles: ['recycler'] });
  await operator.record('organisations/hostile/sites', {
    siteId: 'hostile-site',
    name: 'H',
    country: 'JP',
    activities: ['recycling'],
  });
  return issueKey(operator, 'hostile');
}

async function issueKey(operator: Client, organisation: string): Promise<string> {
  const { status, body } = await operator.post(`organisations/${organisation}/api-keys`, {
    label: 'k',
    role: 'custodian',
  });
  promise(status === 201, () => `no key was issued: ${JSON.stringify(body)}`);
  return body['key'] as string;
}

/** Mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}
