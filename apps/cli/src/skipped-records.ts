import { type ReadOnlyLog } from '#audit';

/** Reports on standard error which records were skipped when the log was read. @returns whether there was anything */
export function tellSkipped({ skipped }: Pick<ReadOnlyLog, 'skipped'>): boolean {
  const { count, first } = skipped;
  if (count === 0) return false;
  const said = (line: string): unknown => process.stderr.write(`lodebook: ${line}\n`);
  said(
    `${count} ${count === 1 ? 'record' : 'records'} that the ledger cannot have written: not read, no event of the log`,
  );
  for (const { stream, revision, kind, detail } of first) said(`${stream}, revision ${revision}: ${kind}: ${detail}`);
  if (count > first.length) said(`and ${count - first.length} more; "lodebook fsck" names each`);
  return true;
}
