import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { RecordAtSite, type Recording } from './commands.js';
import { LedgerRecorder } from './ledger-recorder.js';

@CommandHandler(RecordAtSite)
export class RecordAtSiteHandler implements ICommandHandler<RecordAtSite> {
  readonly #recorder: LedgerRecorder;

  constructor(recorder: LedgerRecorder) {
    this.#recorder = recorder;
  }

  execute(request: RecordAtSite): Promise<Recording> {
    return Promise.resolve({ recorded: this.#recorder.atSite(request) });
  }
}
