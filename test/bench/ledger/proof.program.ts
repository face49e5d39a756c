import Database from 'better-sqlite3';
import { join } from 'node:path';
import { leafHash, verifyInclusion } from '#transparency';
import { EVIDENCE_CATEGORIES } from '#read-model';
import { SeededRandom } from '../../../apps/cli/src/bench/generate/seeded-random.js';
import { asked, say } from '../harness/program.js';
import { openSettledLedger } from './open-ledger.js';

const NODE_READS = 20;

/** Measures inclusion proofs of random leaves, and as many reads of random nodes, in milliseconds each. */
const spec = asked<{ folder: string; proofs: number; rounds: number; seed: number }>();
const ledger = await openSettledLedger(spec.folder);
const { tree } = ledger.audit;
while (tree.size < BigInt(ledger.projector.logSize)) await new Promise((resolve) => setTimeout(resolve, 100));
const size = tree.size;
const random = new SeededRandom(spec.seed);
const nodes = new Database(join(spec.folder, 'tree.db'), { readonly: true });
const places = nodes.prepare<[], number>('SELECT max(place) FROM nodes').pluck().get()!;
const read = nodes.prepare<[number], Buffer>('SELECT hash FROM nodes WHERE place = ?').pluck();

const proofMilliseconds: number[] = [];
const readMilliseconds: number[] = [];
for (let round = 0; round <= spec.rounds; round++) {
  const indexes = Array.from({ length: spec.proofs }, () => BigInt(random.integer(0, Number(size) - 1)));
  const proving = perItem(indexes, (index) => void tree.inclusionProof(index, size));
  const wanted = indexes.map(() => Array.from({ length: NODE_READS }, () => random.integer(0, places)));
  const reading = perItem(wanted, (some) => some.forEach((place) => void read.get(place)));
  if (round === 0) continue; // warms up
  proofMilliseconds.push(proving);
  readMilliseconds.push(reading);
}
await check();
nodes.close();
await ledger.close();
say({ proofMilliseconds, readMilliseconds, leaves: Number(size) });

function perItem<T>(items: readonly T[], work: (item: T) => void): number {
  const began = performance.now();
  for (const item of items) work(item);
  return (performance.now() - began) / items.length;
}

/** Checks that the proof of the first event verifies from its own bytes. */
async function check(): Promise<void> {
  for await (const { record } of ledger.store.readAll({ categories: EVIDENCE_CATEGORIES, limit: 1 })) {
    const proof = tree.inclusionProof(0n, size);
    verifyInclusion({ leafHash: leafHash(record), leafIndex: 0n, treeSize: size, proof, root: tree.rootAt(size) });
  }
}
