import { ADMINISTRATOR } from '#access';
import { type CommandDesk } from '../../../server/src/index.js';
import { type Recorder } from './import-lines.js';

/** Records in this process. The principal is that of the administrator's key: a file begun here can go on over HTTP. */
export function throughDesk(desk: CommandDesk): Recorder {
  return async (line) => {
    const { recorded } = await desk.submit({ ...line, principal: { ...ADMINISTRATOR, role: 'operator' } });
    return { outcome: recorded.then(({ replayed }) => (replayed ? 'there-already' : 'recorded')) };
  };
}
