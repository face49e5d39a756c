import { asked, say, tell } from '../harness/program.js';
import { runChain, type ChainSpec } from './long-chain.js';

say({ ...(await runChain(asked<ChainSpec>(), tell)) });
