const iterators = new WeakMap<ReadonlyMap<unknown, unknown>, MapIterator<unknown>>();

/**
 * Deletes the oldest entry of a map from which entries are deleted only here, or to be added again. A new iterator would
 * walk over all that were deleted before; the same one, kept for each map, goes on behind them.
 */
export function forgetOldest<Key>(map: Map<Key, unknown>): void {
  let oldest = iterators.get(map);
  if (oldest === undefined) iterators.set(map, (oldest = map.keys()));
  const { done, value } = oldest.next();
  if (done !== true) map.delete(value as Key);
  else iterators.delete(map); // at its end it stays there, whatever is added
}
