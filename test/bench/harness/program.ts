import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Measured } from './benchmark.js';

/** How much of a failed program's last output is kept, in characters. */
const LAST_WORDS = 2_000;

/**
 * Runs a program in a process of its own, so that its crash, memory and warm-up affect no other.
 * @param spec handed to it as JSON
 * @param note told each line that it writes to its standard error
 * @returns what it said with {@link say}
 * @throws Error with its last output when it failed or returned nothing
 */
export async function runProgram<Answer = Measured>(
  program: URL,
  spec: object,
  note?: (line: string) => void,
): Promise<Answer> {
  const child = spawn(process.execPath, ['--no-warnings', fileURLToPath(program), JSON.stringify(spec)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let answer = '';
  let words = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (answer += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(-LAST_WORDS)));
  if (note !== undefined) createInterface({ input: child.stderr }).on('line', note);
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  const last = answer.trim().split('\n').at(-1) ?? '';
  if (code !== 0 || last === '') throw new Error(`ended with ${signal ?? code}: ${words.trim() || 'no word'}`);
  return JSON.parse(last) as Answer;
}

/** In the program: its specification. */
export function asked<Spec>(): Spec {
  return JSON.parse(process.argv[2] ?? '{}') as Spec;
}

/** In the program: returns its result. */
export function say(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

/** In the program: reports progress. */
export function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
