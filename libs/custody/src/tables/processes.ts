import { type ObjectChecker } from '#vocabulary';
import table from '#tables/processes.json' with { type: 'json' };
import { ACTIVITIES, type Activity } from '../terms.js';
import { readTable, type TableRow } from './table-file.js';

/** What a site does in a transformation (`libs/custody/tables/processes.json`). */
export interface Process extends TableRow {
  /** It is done only at a site of one of these activities; absent: at any. */
  readonly activities?: readonly Activity[];
  /** Whether an output of it may be production scrap. */
  readonly scrap: boolean;
  /** Whether its waste is battery manufacturing waste. */
  readonly batteryManufacturing: boolean;
  /**
   * Whether it is processing in the sense of 26 CFR 1.30D-2: chemical or thermal, up to constituent materials; not physical, and not of
   * what is recycled. Of `other` nobody knows.
   */
  readonly processing?: true;
}

const PROCESSES_FILE = 'processes.json';

/** @throws TableFileError */
export function parseProcesses(json: unknown): ReadonlyMap<string, Process> {
  return readTable(PROCESSES_FILE, json, readProcess);
}

function readProcess(row: ObjectChecker): Omit<Process, keyof TableRow> {
  const activities = row.has('activities') ? row.listOf('activities', ACTIVITIES, 'activity') : undefined;
  return {
    ...(activities && { activities }),
    scrap: row.flag('scrap') ?? false,
    batteryManufacturing: row.flag('batteryManufacturing') ?? false,
    ...(row.has('processing') && row.flag('processing') === true ? { processing: true as const } : {}),
  };
}

/** By code. */
export const PROCESSES = parseProcesses(table);
export const PROCESS_CODES: readonly string[] = [...PROCESSES.keys()];

/** The process whose transformations recover waste: the site becomes the recycler of what it recovers. */
export const RECYCLING_PROCESS = 'recycling';
