import { type Comparison } from './benchmark.js';
import { describeMachine, type Machine } from './machine.js';

/** A line of JSON for machines. */
export function jsonLine({ name, ours, peer, peerName, ratio, unit, min, max, problem }: Comparison): string {
  return JSON.stringify({
    name,
    ours,
    peer,
    peerName,
    ratio,
    unit,
    min,
    max,
    ...(problem !== undefined && { problem }),
  });
}

const HEADINGS = ['name', 'ours', 'peer', 'against', 'ratio', 'min', 'max', 'to beat', 'unit'];

function cellsOf(line: Comparison): string[] {
  const { name, ours, peer, peerName, ratio, min, max, target, unit } = line;
  const number = (value: number | null): string => (value === null ? '–' : value.toLocaleString('en-US'));
  return [name, number(ours), number(peer), peerName, number(ratio), number(min), number(max), target, unit];
}

export function table(lines: readonly Comparison[], machine: Machine): string {
  const rows = [HEADINGS, ...lines.map(cellsOf)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const text = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  return [...text, '', describeMachine(machine), ...problemsOf(lines)].join('\n');
}

export function markdown(lines: readonly Comparison[], machine: Machine): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const body = [row(HEADINGS), row(HEADINGS.map(() => '---')), ...lines.map((line) => row(cellsOf(line)))];
  return [describeMachine(machine), '', ...body, ...problemsOf(lines).map((problem) => `\n${problem}`)].join('\n');
}

function problemsOf(lines: readonly Comparison[]): string[] {
  return lines.flatMap(({ name, peerName, problem }) =>
    problem === undefined ? [] : [`${name}: ${peerName} could not be measured: ${problem}`],
  );
}
