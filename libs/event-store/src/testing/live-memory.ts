import v8 from 'node:v8';
import vm from 'node:vm';

/** Bytes that are still referenced: heap and buffers, after a full collection. */
export function liveBytes(): number {
  v8.setFlagsFromString('--expose-gc');
  const collectGarbage = vm.runInNewContext('gc') as () => void;
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
