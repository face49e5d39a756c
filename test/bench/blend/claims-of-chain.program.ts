import { asked, say, tell } from '../harness/program.js';
import { claimsOfChain, type ClaimsOfChainSpec } from './claims-of-chain.js';

say({ ...(await claimsOfChain(asked<ClaimsOfChainSpec>(), tell)) });
