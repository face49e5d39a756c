import { asked, say } from '../harness/program.js';
import { runWide, type WideSpec } from './wide-flow.js';

say({ ...(await runWide(asked<WideSpec>())) });
