import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';

export interface Machine {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  /** The file system of the benchmarks' folders. */
  readonly disk: string;
  /** Load average over the last minute when the benchmarks began: above the number of cores, others were at work. */
  readonly load: number;
}

export function machineOf(folder: string): Machine {
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
    disk: diskOf(folder),
    load: Math.round(loadavg()[0]! * 10) / 10,
  };
}

function diskOf(folder: string): string {
  try {
    const [device, kind] = execFileSync('df', ['--output=source,fstype', folder], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .at(-1)!
      .split(/\s+/);
    return `${device} (${kind})`;
  } catch {
    return 'unknown'; // no GNU df here
  }
}

export function describeMachine({ date, cpu, cores, memoryGiB, system, node, disk, load }: Machine): string {
  return `${date} · ${cpu}, ${cores} cores, ${memoryGiB} GiB · ${system} · Node ${node} · disk ${disk} · load ${load}`;
}
