import { growHeapsSlowly } from '../replay/heap-growth.js';

/** Objects in use at any time, each replaced by the one that comes so many later: like nodes of a replay. */
const KEPT = 200_000;
const ROUNDS = 30;

growHeapsSlowly();

const kept: object[] = [];
const make = (round: number, index: number): object => ({ id: `${round}-${index}`, marks: [round, index, {}, {}] });
for (let index = 0; index < KEPT; index++) kept.push(make(0, index));
const inUse = process.memoryUsage().heapUsed;
let most = 0;
for (let round = 1; round <= ROUNDS; round++) {
  for (let index = 0; index < KEPT; index++) {
    kept[index] = make(round, index);
    if (index % 10_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed);
  }
}
process.stdout.write(JSON.stringify({ inUse, most }));
