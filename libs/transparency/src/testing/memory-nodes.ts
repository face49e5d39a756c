import { type NodeStore } from '../append-only-tree.js';

/** Nodes in memory; counts what is read. */
export class MemoryNodes implements NodeStore {
  reads = 0;
  readonly #levels: Uint8Array[][] = [];

  get(level: number, index: bigint): Uint8Array | undefined {
    this.reads++;
    return this.#levels[level]?.[Number(index)];
  }

  put(level: number, index: bigint, hash: Uint8Array): void {
    (this.#levels[level] ??= [])[Number(index)] = hash;
  }
}
