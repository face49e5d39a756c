import { spawnSync } from 'node:child_process';

/** Why no faults can be injected into system calls here; undefined when they can. */
export function straceMissing(): string | undefined {
  const { status, error } = spawnSync('strace', ['-f', '-o', '/dev/null', 'true']);
  if (error) return 'strace is not installed';
  return status === 0 ? undefined : 'strace may not trace a process here';
}

/** A fault in the calls to one file. */
export interface DiskFault {
  readonly name: string;
  /** As in strace's `inject=`. */
  readonly calls: 'fsync,fdatasync' | 'pwrite64';
  /** `error=EIO`, or `retval=…` for a write that was cut short. */
  readonly effect: string;
}

/**
 * Starts a server under strace in a process of its own (`-D`), with one call in `when` tampered with from then on.
 * @param files affected by the fault, as absolute paths
 * @param when the first affected call, and, with `+`, all after it: strace(1), "Tampering"
 */
export function straceWith({ calls, effect }: DiskFault, files: readonly string[], when: string): string[] {
  const paths = files.flatMap((file) => ['-P', file]);
  return ['strace', '-D', '-f', '-qq', '-o', '/dev/null', ...paths, '-e', `inject=${calls}:${effect}:when=${when}`];
}
