import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** What happened to a file, in the order in which it took effect. */
export type DiskEvent =
  | {
      readonly kind: 'write';
      readonly file: string;
      readonly at: number;
      readonly offset: number;
      readonly data: Buffer;
    }
  | { readonly kind: 'truncate'; readonly file: string; readonly at: number; readonly size: number }
  | { readonly kind: 'unlink'; readonly file: string; readonly at: number }
  | { readonly kind: 'sync'; readonly file: string; readonly at: number };

/** How many bytes of a call are printed: more than SQLite writes at once. */
const LONGEST_WRITE_BYTES = 1 << 20;

/**
 * Starts a command under strace, in a process of its own (`-D`), which records every change and sync of the files.
 * @param files absolute paths
 * @param trace path of the recording
 */
export function recording(files: readonly string[], trace: string): string[] {
  const paths = files.flatMap((file) => ['-P', file]);
  const calls = 'write,pwrite64,writev,pwritev,pwritev2,ftruncate,fallocate,fsync,fdatasync,unlink,unlinkat,rename';
  const shown = ['-ttt', '-T', '-y', '-xx', '-s', String(LONGEST_WRITE_BYTES)];
  return ['strace', '-D', '-f', '-q', ...shown, '-e', 'signal=none', '-e', `trace=${calls}`, ...paths, '-o', trace];
}

/** `1234 1795522726.511507 pwrite64(20</a/b>, "\x53…", 4096, 0) = 4096 <0.000012>`; of two lines when another call came between. */
const LINE = /^(?<thread>\d+)\s+(?<at>\d+\.\d+) (?<rest>.*)$/;
const UNFINISHED = / <unfinished \.\.\.>$/;
const RESUMED = /^<\.\.\. \w+ resumed>/;
const CALL = /^(?<call>\w+)\((?<given>.*)\)\s+= (?<result>-?\d+)[^<]*<(?<lasted>[\d.]+)>$/;
const OPEN_FILE = /^\d+<(?<file>[^>]*)>/;

/**
 * Reads what {@link recording} wrote. A write counts from the moment it was asked for, a sync from the moment it returned:
 * `at` is seconds since 1970.
 * @throws Error for a call that it does not know how to repeat: none may be skipped
 */
export async function readTrace(trace: string): Promise<DiskEvent[]> {
  const events: DiskEvent[] = [];
  const begun = new Map<string, { at: number; text: string; place: number }>();
  for await (const line of createInterface({ input: createReadStream(trace), crlfDelay: Infinity })) {
    const { thread, at, rest } = LINE.exec(line)?.groups ?? {};
    if (thread === undefined || rest!.startsWith('+++')) continue;
    if (UNFINISHED.test(rest!)) {
      begun.set(thread, { at: Number(at), text: rest!.replace(UNFINISHED, ''), place: events.length });
      continue;
    }
    const earlier = RESUMED.test(rest!) ? begun.get(thread) : undefined;
    const whole = earlier ? earlier.text + rest!.replace(RESUMED, '') : rest!;
    const event = eventOf(whole, earlier?.at ?? Number(at));
    if (event === undefined) continue;
    // Between the two lines of a call there are lines of other threads, which work on other files.
    if (event.kind === 'sync' || earlier === undefined) events.push(event);
    else events.splice(earlier.place, 0, event);
  }
  return events;
}

function eventOf(text: string, began: number): DiskEvent | undefined {
  const { call, given, result, lasted } = CALL.exec(text)?.groups ?? {};
  if (call === undefined) throw new Error(`a call that cannot be read: ${text.slice(0, 300)}`);
  if (result!.startsWith('-')) return undefined;
  if (call === 'unlink') return { kind: 'unlink', file: textOf(given!), at: began };
  const descriptor = OPEN_FILE.exec(given!)?.groups?.['file'];
  if (descriptor === undefined) throw new Error(`a call to repeat that is not known: ${text.slice(0, 300)}`);
  const file = bytesOf(descriptor).toString();
  if (call === 'fsync' || call === 'fdatasync') return { kind: 'sync', file, at: began + Number(lasted) };
  const last = Number(given!.slice(given!.lastIndexOf(', ') + 2));
  if (call === 'ftruncate') return { kind: 'truncate', file, at: began, size: last };
  const data = /, "(?<data>(?:\\x[0-9a-f]{2})*)", \d+, \d+$/.exec(given!)?.groups?.['data'];
  if (call !== 'pwrite64' || data === undefined)
    throw new Error(`a call to repeat that is not known: ${text.slice(0, 300)}`);
  return { kind: 'write', file, at: began, offset: last, data: bytesOf(data).subarray(0, Number(result)) };
}

/** The first text of a call. */
function textOf(given: string): string {
  return bytesOf(/"(?<text>[^"]*)"/.exec(given)!.groups!['text']!).toString();
}

/** `\x53\x51` → its bytes. */
function bytesOf(escaped: string): Buffer {
  return Buffer.from(escaped.replaceAll('\\x', ''), 'hex');
}
