import { fork } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ViewsError } from './views-error.js';

const ENTRY = fileURLToPath(new URL('./index-maker.process.js', import.meta.url));

/** What the process says: an index is made, or why it could not be. */
export type FromIndexMaker = { readonly made: true } | { readonly failure: string };

/**
 * Makes indexes in a process of its own, each in a transaction of its own. A single one of a large table takes seconds, in
 * which a thread neither turns nor can be ended; a process can be, and what it had not committed is then gone. Nothing else
 * may write meanwhile.
 * @param file of the database
 * @param statements `create index if not exists …`
 * @param options.made called after each
 * @throws the reason of the signal once it has aborted and the process is gone; ViewsError `views-unavailable`
 */
export async function makeIndexesElsewhere(
  file: string,
  statements: readonly string[],
  { signal, made }: { readonly signal: AbortSignal; readonly made: () => void },
): Promise<void> {
  signal.throwIfAborted();
  const maker = fork(ENTRY, [file, ...statements], {
    execArgv: [],
    // What does not fit into memory is sorted beside the database: elsewhere there may be no room, or no right to write.
    env: { SQLITE_TMPDIR: dirname(file) },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const kill = (): void => void maker.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  let failure: string | undefined;
  maker.on('message', (message: FromIndexMaker) => {
    if ('made' in message) made();
    else ({ failure } = message);
  });
  try {
    const [code, killedBy] = (await once(maker, 'exit')) as [number | null, string | null];
    signal.throwIfAborted();
    if (code === 0) return;
    const because = failure ?? `its process ended with ${killedBy ?? code}`;
    throw new ViewsError('views-unavailable', `An index of ${file} was not made: ${because}`);
  } finally {
    signal.removeEventListener('abort', kill);
  }
}
