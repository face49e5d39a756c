import { OPERATOR } from '#access';
import { problemOf, type CommandDesk } from '../../../server/src/index.js';
import { outcomeOfRecorded, type LineOutcome, type LineRecorder } from './lines-in-order.js';

/** Sites whose lines are recorded at the same time: with more sites, more lines share a commit. */
const LANES = 64;

/**
 * Records in this process, as the operator. A file begun this way can be continued over HTTP with the operator's token.
 */
export function throughDesk(desk: CommandDesk): LineRecorder {
  return {
    lanes: LANES,
    async record(lines, answer) {
      const underWay: Promise<void>[] = [];
      for (const [index, { command }] of lines.entries()) {
        const outcome = outcomeOf(desk, command);
        underWay.push(outcome.then((how) => answer(index, how)));
        // A site keeps the order in which commands are sent to it; elsewhere, the next is sent once the last is
        // recorded.
        if (command.target.site === undefined) await underWay.at(-1);
      }
      await Promise.all(underWay);
    },
  };
}

async function outcomeOf(
  desk: CommandDesk,
  command: Parameters<LineRecorder['record']>[0][number]['command'],
): Promise<LineOutcome> {
  try {
    const { recorded } = await desk.submit({ ...command, principal: OPERATOR });
    const { replayed, warnings } = await recorded;
    return outcomeOfRecorded(replayed, warnings);
  } catch (error) {
    const problem = problemOf(error).toDocument();
    if (problem.status >= 500) throw error; // the ledger failed, not the line
    return problem;
  }
}
