/**
 * The part of a batch's node that grows with its past, kept separately: folding adds to it and reads only the last stay, so
 * that an event costs the same however often the batch was used before.
 */
import { type BatchNode, type Stay } from './graph.types.js';

/** What a batch is, without all that was taken from it and where it has been. */
export type BatchState = Omit<BatchNode, 'uses' | 'stays'>;

/** All that folding an event reads of a batch. */
export interface BatchOutline extends BatchState {
  /** The last stay. An event that names the batch twice begins several, which are kept together. */
  lastStays: Stay[];
}

/** As far as it is known. */
export type BatchPast = { readonly [List in 'uses' | 'stays']?: BatchNode[List] | undefined };

export function outlineOf(node: BatchNode): BatchOutline {
  const { uses: _uses, stays, ...state } = node;
  return { ...state, lastStays: lastOf(stays) };
}

/** The node of a batch with this much of its past. To fold on from an outline no `past` is needed. */
export function batchOf({ lastStays, ...state }: BatchOutline, past: BatchPast = {}): BatchNode {
  return { ...state, uses: past.uses ?? [], stays: past.stays ?? lastStays };
}

/** Drops what folding does not read. */
export function forgetPast(node: BatchNode): void {
  node.uses = [];
  node.stays = lastOf(node.stays);
}

function lastOf(stays: readonly Stay[]): Stay[] {
  const began = stays.at(-1)?.arrived.logIndex;
  return stays.filter(({ arrived }) => arrived.logIndex === began);
}
