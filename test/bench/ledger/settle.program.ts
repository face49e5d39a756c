import { asked, say } from '../harness/program.js';
import { openSettledLedger } from './open-ledger.js';

const ledger = await openSettledLedger(asked<{ folder: string }>().folder);
const events = ledger.projector.logSize;
await ledger.close();
say({ events });
