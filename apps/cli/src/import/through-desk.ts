import { OPERATOR } from '#access';
import { type CommandDesk } from '../../../server/src/index.js';
import { type Recorder } from './import-lines.js';

/** Records in this process, as the operator. With the operator's token a file that was begun here can go on over HTTP. */
export function throughDesk(desk: CommandDesk): Recorder {
  return async (line) => {
    const { recorded } = await desk.submit({ ...line, principal: OPERATOR });
    return { outcome: recorded.then(({ replayed }) => (replayed ? 'there-already' : 'recorded')) };
  };
}
