import { type CommandLine, type CommandWarning, type ProblemDocument } from '../../../server/src/index.js';
import { idsNamedIn } from './named-ids.js';

/** A line that was recorded with a warning. */
export interface WarnedLine {
  readonly outcome: 'recorded' | 'there-already';
  readonly warnings: readonly CommandWarning[];
}

/** The outcome of a line; a problem means that it was refused. */
export type LineOutcome = 'recorded' | 'there-already' | WarnedLine | ProblemDocument;

/** @param warnings in the line's answer, which usually has none */
export function outcomeOfRecorded(replayed: boolean, warnings: readonly CommandWarning[] = []): LineOutcome {
  const outcome = replayed ? 'there-already' : 'recorded';
  return warnings.length === 0 ? outcome : { outcome, warnings };
}

/** A line with its place in the file, and what it has to wait for. */
export interface LineToRecord {
  readonly number: number;
  /** Bytes that it takes in the file. */
  readonly bytes: number;
  readonly command: CommandLine & { readonly idempotencyKey: string };
  /** Lines of one lane are recorded in their order: a site, an organisation, an attestation, a concern. */
  readonly lane: string;
  /** Whether it registers organisations or opens sites, on which every other line may depend. */
  readonly isRegistry: boolean;
  /** Lines of different lanes that share one of these keep their order. */
  readonly ids: readonly string[];
}

export interface LineRecorder {
  /** Number of lanes that it records at the same time. */
  readonly lanes: number;
  /**
   * Records lines of one lane, in their order.
   * @param answer called once for each line, with its index
   * @throws when the ledger failed or does not allow the caller to record; then nothing more must be sent
   */
  record(lines: readonly LineToRecord[], answer: (index: number, outcome: LineOutcome) => void): Promise<void>;
}

/** @param ownKey whether the file gives the idempotency key: then another line with the same key is the same command */
export function lineToRecord(
  { number, bytes }: { readonly number: number; readonly bytes: number },
  command: LineToRecord['command'],
  ownKey: boolean,
): LineToRecord {
  const { target, route, body } = command;
  const [subject = ''] = route.path.split('/');
  const isRegistry = subject === 'organisations';
  const ids = idsNamedIn(body, { registry: isRegistry, product: !route.path.endsWith('/consumptions') });
  const lane = `${subject} ${subjectOf(target) ?? idOfNew(subject, body)}`;
  if (ownKey) ids.push(`key ${command.idempotencyKey}`);
  return { number, bytes, command, lane, isRegistry, ids };
}

function subjectOf({ site, organisation, attestation, concern }: CommandLine['target']): string | undefined {
  return site ?? organisation ?? attestation ?? concern;
}

/** The id of what the command creates: `organisations` → the body's `organisationId`. */
function idOfNew(subject: string, body: unknown): string {
  const id = (body as Record<string, unknown> | null | undefined)?.[`${subject.slice(0, -1)}Id`];
  return typeof id === 'string' ? id : '';
}

/** Lines that are read ahead of recording: enough for many sites to have a good number of lines each. */
const MOST_OPEN_LINES = 8_192;
const MOST_OPEN_BYTES = 16 * 1024 * 1024;
/** Lines of one lane that are sent together. */
const LINES_AT_ONCE = 512;
const BYTES_AT_ONCE = 1024 * 1024;

interface OpenLine {
  readonly line: LineToRecord;
  /** Earlier lines of other lanes that are not answered yet. */
  readonly waitsFor: Set<OpenLine>;
  readonly awaitedBy: OpenLine[];
}

interface Lane {
  readonly name: string;
  readonly lines: OpenLine[];
  isUnderWay: boolean;
}

/**
 * Records many lanes at a time, with the same outcome as line by line: a lane keeps its order; a line that names an id
 * named by an earlier line of another lane waits until that line is answered (a receipt for its dispatch); and before
 * and after lines of the registry everything earlier is answered first.
 */
export class LinesInOrder {
  readonly #lanes = new Map<string, Lane>();
  readonly #ready = new Set<Lane>();
  /** By id: the last line that names it, as long as it is not answered. */
  readonly #lastNaming = new Map<string, OpenLine>();
  readonly #underWay = new Set<Promise<void>>();
  #open = { lines: 0, bytes: 0 };
  #isRegistry = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => undefined;

  readonly #recorder: LineRecorder;
  readonly #answered: (line: LineToRecord, outcome: LineOutcome) => void;

  constructor(recorder: LineRecorder, answered: (line: LineToRecord, outcome: LineOutcome) => void) {
    this.#recorder = recorder;
    this.#answered = answered;
  }

  /** Takes the next line of the file; resolves when there is room for another. @throws what the recorder threw */
  async add(line: LineToRecord): Promise<void> {
    if (line.isRegistry !== this.#isRegistry) {
      await this.idle();
      this.#isRegistry = line.isRegistry;
    }
    const lane = this.#laneOf(line.lane);
    const open: OpenLine = { line, waitsFor: new Set(), awaitedBy: [] };
    for (const id of line.ids) {
      const before = this.#lastNaming.get(id);
      if (before && before.line.lane !== line.lane && !open.waitsFor.has(before)) {
        open.waitsFor.add(before);
        before.awaitedBy.push(open);
      }
      this.#lastNaming.set(id, open);
    }
    lane.lines.push(open);
    this.#open.lines++;
    this.#open.bytes += line.bytes;
    this.#consider(lane);
    while (this.#open.lines >= MOST_OPEN_LINES || this.#open.bytes >= MOST_OPEN_BYTES) await this.#progress();
  }

  /** Sends the lines that are ready. */
  start(): void {
    for (const lane of this.#ready) {
      if (this.#failure || this.#underWay.size >= this.#recorder.lanes) return;
      this.#ready.delete(lane);
      this.#send(lane);
    }
  }

  /** Resolves when every line is answered. @throws what the recorder threw */
  async idle(): Promise<void> {
    while (this.#open.lines > 0) await this.#progress();
    this.#throwFailure();
  }

  /** Sends nothing more, and waits for what is in progress. */
  async stop(): Promise<void> {
    this.#failure ??= { error: new Error('stopped') };
    await Promise.all(this.#underWay);
  }

  async #progress(): Promise<void> {
    this.#throwFailure();
    this.start();
    await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#throwFailure();
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }

  #laneOf(name: string): Lane {
    const known = this.#lanes.get(name);
    if (known) return known;
    const lane: Lane = { name, lines: [], isUnderWay: false };
    this.#lanes.set(name, lane);
    return lane;
  }

  #consider(lane: Lane): void {
    const [first] = lane.lines;
    if (first && !lane.isUnderWay && first.waitsFor.size === 0) this.#ready.add(lane);
  }

  #send(lane: Lane): void {
    const lines = takeReady(lane);
    lane.isUnderWay = true;
    // In a turn of its own, so that even an immediate answer finds the line registered as sent.
    const sent = Promise.resolve()
      .then(() =>
        this.#recorder.record(
          lines.map(({ line }) => line),
          (index, outcome) => this.#settle(lines[index]!, outcome),
        ),
      )
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .then(() => {
        this.#underWay.delete(sent);
        lane.isUnderWay = false;
        if (lane.lines.length === 0) this.#lanes.delete(lane.name);
        else this.#consider(lane);
        this.start();
        this.#wake();
      });
    this.#underWay.add(sent);
  }

  #settle(open: OpenLine, outcome: LineOutcome): void {
    const { line } = open;
    this.#open.lines--;
    this.#open.bytes -= line.bytes;
    for (const id of line.ids) if (this.#lastNaming.get(id) === open) this.#lastNaming.delete(id);
    for (const waiting of open.awaitedBy) {
      waiting.waitsFor.delete(open);
      this.#consider(this.#laneOf(waiting.line.lane));
    }
    this.#answered(line, outcome);
    if (open.awaitedBy.length > 0) this.start();
    this.#wake();
  }
}

/** The lines at the head of a lane that wait for no other lane, as many as are sent together. */
function takeReady({ lines }: Lane): OpenLine[] {
  let count = 0;
  let bytes = 0;
  while (count < Math.min(lines.length, LINES_AT_ONCE) && lines[count]!.waitsFor.size === 0) {
    bytes += lines[count]!.line.bytes;
    if (count > 0 && bytes > BYTES_AT_ONCE) break;
    count++;
  }
  return lines.splice(0, count);
}
