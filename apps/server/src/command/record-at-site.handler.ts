import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { RecordAtSite, type Recording } from './commands.js';
import { LedgerRecorder } from './ledger-recorder.js';

@CommandHandler(RecordAtSite)
export class RecordAtSiteHandler implements ICommandHandler<RecordAtSite> {
  constructor(private readonly recorder: LedgerRecorder) {}

  execute(request: RecordAtSite): Promise<Recording> {
    return Promise.resolve({ recorded: this.recorder.atSite(request) });
  }
}
