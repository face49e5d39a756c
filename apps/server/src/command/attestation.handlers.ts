import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { isAnyone } from '#access';
import { isWord } from '#attestation';
import { DocketQueries } from '#read-model';
import { Problem } from '../problem/problem.js';
import { RecordAttestation, RecordConcern, type Recording } from './commands.js';
import { LedgerRecorder } from './ledger-recorder.js';

@CommandHandler(RecordAttestation)
export class RecordAttestationHandler implements ICommandHandler<RecordAttestation> {
  readonly #recorder: LedgerRecorder;

  constructor(recorder: LedgerRecorder) {
    this.#recorder = recorder;
  }

  async execute({ attestationId, command, context }: RecordAttestation): Promise<Recording> {
    return { recorded: Promise.resolve(await this.#recorder.registry.attestation(attestationId, command, context)) };
  }
}

@CommandHandler(RecordConcern)
export class RecordConcernHandler implements ICommandHandler<RecordConcern> {
  readonly #recorder: LedgerRecorder;
  readonly #docket: DocketQueries;

  constructor(recorder: LedgerRecorder, docket: DocketQueries) {
    this.#recorder = recorder;
    this.#docket = docket;
  }

  /** @throws Problem `queue-full` when too much awaits admission, and what the decider refuses */
  async execute({ concernId: asked, command, context }: RecordConcern): Promise<Recording> {
    const { principal } = context;
    if (isAnyone(principal)) await this.#requireRoom();
    const named = isWord(command.kind) ? await this.#docket.concernId(asked) : undefined;
    if (named !== undefined && context.signature !== undefined) {
      throw new Problem('invalid-request', 'A signed command must name the concern by its own id.');
    }
    const { registry } = this.#recorder;
    const recorded = await registry.concern(named ?? asked, command, context, named !== undefined);
    return { recorded: Promise.resolve(recorded) };
  }

  /** The tables lag behind the log, so a few more may get in at once. */
  async #requireRoom(): Promise<void> {
    if ((await this.#docket.countAwaiting()) < MOST_AWAITING) return;
    const detail = `${MOST_AWAITING} concerns and comments await a regulator already: come again later.`;
    throw new Problem('queue-full', detail, [], COME_AGAIN_SECONDS);
  }
}

/** Most submissions without a key that may await a regulator: more than a regulator reads in a week. */
const MOST_AWAITING = 1_000;
const COME_AGAIN_SECONDS = 3_600;
