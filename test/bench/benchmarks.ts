import { appendBulk, appendConcurrent, appendFloor } from './append/append.benchmarks.js';
import { blend, blendRevoke, blendYear, stall } from './blend/blend.benchmarks.js';
import { chain } from './blend/chain.benchmark.js';
import { chainClaims } from './blend/chain-claims.benchmark.js';
import { commandEventStoreDb } from './eventstoredb/command-eventstoredb.benchmark.js';
import { ingestEventStoreDb } from './eventstoredb/ingest-eventstoredb.benchmark.js';
import { startEventStoreDb } from './eventstoredb/start-eventstoredb.benchmark.js';
import { type Benchmark } from './harness/benchmark.js';
import { commandHttp } from './http/command-http.benchmark.js';
import { importUrl } from './http/import-url.benchmark.js';
import { ingestNdjson } from './http/ingest-ndjson.benchmark.js';
import { accountLoad } from './ledger/account-load.benchmark.js';
import { firstStart } from './ledger/first-start.benchmark.js';
import { project } from './ledger/project.benchmark.js';
import { proof } from './ledger/proof.benchmark.js';
import { memory, replayVerified } from './ledger/replay.benchmarks.js';
import { revoke } from './ledger/revoke.benchmark.js';
import { verdictQuery } from './ledger/verdict-query.benchmark.js';
import { wide } from './wide/wide.benchmark.js';

/**
 * In the order in which they run: `revoke` writes into the ledgers that `verdict-query` and `proof` read, so it comes
 * after them.
 */
export const BENCHMARKS: readonly Benchmark[] = [
  appendConcurrent,
  appendFloor,
  appendBulk,
  commandHttp,
  ingestNdjson,
  commandEventStoreDb,
  ingestEventStoreDb,
  importUrl,
  startEventStoreDb,
  accountLoad,
  replayVerified,
  project,
  firstStart,
  verdictQuery,
  proof,
  revoke,
  blend,
  blendRevoke,
  stall,
  blendYear,
  chain,
  chainClaims,
  wide,
  memory,
];
