import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { RecordAtSite, type Recording } from './commands.js';
import { commandIdOf } from './identity.js';
import { SiteDecisions } from './site-decisions.js';
import { AppendSize } from './site-chunk.js';
import { SiteLane } from './site-lane.js';

@CommandHandler(RecordAtSite)
export class RecordAtSiteHandler implements ICommandHandler<RecordAtSite> {
  readonly #lanes = new Map<string, SiteLane>();
  readonly #appendSize: AppendSize;

  constructor(private readonly decisions: SiteDecisions) {
    this.#appendSize = new AppendSize(decisions.mostAppendBytes);
  }

  execute(request: RecordAtSite): Promise<Recording> {
    const { siteId, context } = request;
    const commandId = commandIdOf(context.principal.principal, context.idempotencyKey);
    const recorded = this.#laneOf(siteId).add(request, commandId);
    recorded.catch(() => undefined); // whoever sent it looks at it in its turn
    return Promise.resolve({ recorded });
  }

  #laneOf(siteId: string): SiteLane {
    const known = this.#lanes.get(siteId);
    if (known) return known;
    const lane = new SiteLane(siteId, this.decisions, this.#appendSize, () => this.#lanes.delete(siteId));
    this.#lanes.set(siteId, lane);
    return lane;
  }
}
