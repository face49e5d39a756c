import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FileProblem } from '#vocabulary';

/** A data file is invalid: the start stops and names the file and each place in it. */
export class DataFileError extends Error {
  override readonly name = 'DataFileError';
}

export interface DataKind<T> {
  /** For messages: `programme`. */
  readonly noun: string;
  readonly parse: (json: unknown) => { readonly value: T } | { readonly problems: readonly FileProblem[] };
  /** The name of the file, without `.json`. */
  readonly nameOf: (value: T) => string;
}

/** Reads the JSON files of a folder, in the order of their names. @throws DataFileError */
export function readDataFiles<T>(folder: string, kind: DataKind<T>): T[] {
  return filesOf(folder, kind.noun).map((file) => readDataFile(join(folder, file), file, kind));
}

function filesOf(folder: string, noun: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .sort();
  } catch (error) {
    throw new DataFileError(`the ${noun} files cannot be read: ${(error as Error).message}`);
  }
}

function readDataFile<T>(path: string, file: string, { noun, parse, nameOf }: DataKind<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new DataFileError(`${noun} ${path} is no JSON: ${(error as Error).message}`);
  }
  const parsed = parse(json);
  if ('problems' in parsed) {
    const places = parsed.problems.map(({ path: place, message }) => `  ${place || '(whole file)'}: ${message}`);
    throw new DataFileError(`${noun} ${path} is wrong:\n${places.join('\n')}`);
  }
  const expected = `${nameOf(parsed.value)}.json`;
  if (file !== expected) throw new DataFileError(`${noun} ${path} holds ${expected}: name the file so`);
  return parsed.value;
}
