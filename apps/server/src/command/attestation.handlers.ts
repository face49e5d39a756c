import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
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

  constructor(recorder: LedgerRecorder) {
    this.#recorder = recorder;
  }

  async execute({ concernId, command, context }: RecordConcern): Promise<Recording> {
    return { recorded: Promise.resolve(await this.#recorder.registry.concern(concernId, command, context)) };
  }
}
