import { Readable } from 'node:stream';
import Papa from 'papaparse';
import { FACTS } from '#attestation';
import { CommandTable } from '#vocabulary';
import { invalidRequest } from '../../../server/src/index.js';
import { type FileLine } from './import-lines.js';

/** Rows read ahead, in chunks of the file. */
const CHUNKS_AHEAD = 4;

/**
 * Reads the commands of a table (RFC 4180; cells separated by commas, semicolons or tabs), one per row, in the form of
 * NDJSON lines, numbered as a spreadsheet numbers its rows. A row that cannot be read comes out as a problem.
 * @throws NotATable when the first row names no columns of commands
 */
export async function* linesOfTable(source: Readable): AsyncGenerator<readonly FileLine[]> {
  let table: CommandTable | undefined;
  let number = 0;
  for await (const { data, errors } of chunksOf(source)) {
    const broken = new Map(errors.filter(({ type }) => type === 'Quotes').map((error) => [error.row, error.message]));
    const lines: FileLine[] = [];
    for (const [index, row] of data.entries()) {
      number++;
      table ??= new CommandTable(FACTS, headerOf(row));
      if (number === 1 || row.every((cell) => cell.trim() === '')) continue;
      const quotes = broken.get(index);
      const read = quotes === undefined ? table.lineOf(row) : { problems: [{ column: '', message: quotes }] };
      if ('line' in read) lines.push({ number, text: JSON.stringify(read.line) });
      else {
        const problems = read.problems.map(({ column, message }) => ({ path: column, code: 'malformed', message }));
        lines.push({ number, problem: invalidRequest(problems) });
      }
    }
    if (lines.length > 0) yield lines;
  }
  table ??= new CommandTable(FACTS, []);
}

/** The byte order mark that spreadsheets write belongs to no column. */
function headerOf([first = '', ...others]: readonly string[]): string[] {
  return [first.replace(/^\uFEFF/, ''), ...others];
}

type Chunk = Papa.ParseResult<string[]>;

/** The parser pushes rows; it is paused while enough is read ahead. */
function chunksOf(source: Readable): AsyncIterable<Chunk> {
  let paused: Papa.Parser | undefined;
  const chunks = new Readable({
    objectMode: true,
    highWaterMark: CHUNKS_AHEAD,
    read() {
      const parser = paused;
      paused = undefined; // it may be paused again before it has resumed
      parser?.resume();
    },
    destroy(error, done) {
      source.destroy();
      done(error);
    },
  });
  source.setEncoding('utf8');
  Papa.parse<string[]>(source, {
    delimitersToGuess: [',', ';', '\t'],
    chunk(results, parser) {
      if (chunks.push(results)) return;
      parser.pause();
      paused = parser;
    },
    complete: () => void chunks.push(null),
    error: (error) => void chunks.destroy(error),
  });
  return chunks as AsyncIterable<Chunk>;
}
