/** Of the repository, seen from the build of this file. */
export const REPOSITORY = new URL('../../../../', import.meta.url);

/** A program of the build, e.g. `append/append-ours.program.js`. */
export function benchProgram(path: string): URL {
  return new URL(`dist/test/bench/${path}`, REPOSITORY);
}

/** What is run and not built: a peer has dependencies of its own, found from its own folder. */
export function peerFolder(peer: string): URL {
  return new URL(`test/bench/peers/${peer}/`, REPOSITORY);
}
