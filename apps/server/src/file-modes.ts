import { chmodSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Rights of the group and of everybody else. */
const OF_OTHERS = 0o077;

/**
 * Makes sure that nobody but its owner can read a data folder, whatever created its files: it holds the log, the
 * signing key and withheld values. Does nothing on Windows, which has no such modes.
 * @param mended called with each path that others can no longer access
 * @throws Error when others can access a path and that cannot be changed, because it belongs to somebody else
 */
export function closeToOthers(dataFolder: string, mended: (path: string, mode: string) => void): void {
  if (process.platform === 'win32') return;
  const inside = readdirSync(dataFolder).map((name) => join(dataFolder, name));
  for (const path of [dataFolder, ...inside]) {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined || stats.isSymbolicLink() || (stats.mode & OF_OTHERS) === 0) continue;
    const mode = (stats.mode & 0o777).toString(8).padStart(4, '0');
    try {
      chmodSync(path, stats.mode & 0o700);
    } catch (error) {
      throw new Error(
        `${path} is open to others (mode ${mode}) and cannot be closed: chmod go= it, or make it yours.`,
        {
          cause: error,
        },
      );
    }
    mended(path, mode);
  }
}
