import { asked, say, tell } from '../harness/program.js';
import { runBlend, type BlendSpec } from './blended.js';

say({ days: await runBlend(asked<BlendSpec>(), tell) });
