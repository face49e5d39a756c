import { OPERATOR } from '#access';
import { DisclosureStore } from '#audit';
import { PROGRAMMES_FOLDER, ProgrammeLibrary } from '#programmes';
import { openViews } from '#read-model';
import { LedgerClock } from '#recording';
import { ReadingDesk } from '../../../apps/server/src/reading/reading-desk.js';
import { DisclosureReader } from '../../../apps/server/src/disclosures/disclosures.js';
import { runChain } from './long-chain.js';
import { momentOf } from './refinery.js';

const PROGRAMME = 'oecd-due-diligence';
/** As of when the chain is judged, and asked about. */
const DAY = 3_000;

export interface ClaimsOfChainSpec {
  readonly folder: string;
  readonly batches: number;
  /** The chain is in the folder already. */
  readonly filled: boolean;
  /** How often it is asked. */
  readonly times: number;
}

/**
 * Asks for the claims of the last batch of a chain as of now, without reasons.
 * @param tell told how far the filling of the chain is
 * @returns milliseconds an answer, each
 */
export async function claimsOfChain(
  spec: ClaimsOfChainSpec,
  tell?: (line: string) => void,
): Promise<{ milliseconds: number[]; answer: string }> {
  const { folder, batches, filled, times } = spec;
  if (!filled) await runChain({ folder, batches, linked: true }, tell);
  const clock = new LedgerClock();
  clock.notBefore(momentOf(DAY));
  const views = await openViews('sqlite:', { dataFolder: folder, records: undefined });
  const store = DisclosureStore.open(folder);
  const tree = { inclusionProof: () => [], leaf: () => undefined }; // evidence is not asked for
  const disclosures = new DisclosureReader(store, clock);
  const programmes = ProgrammeLibrary.load(PROGRAMMES_FOLDER);
  const desk = new ReadingDesk({ views, tree, disclosures, programmes, clock });
  const question = {
    kind: 'batch' as const,
    batchId: `b${batches - 1}`,
    programme: PROGRAMME,
    validAt: undefined,
    knownAt: undefined,
    rulesAt: undefined,
    batteryCategory: undefined,
    indicative: false,
    restsOn: false,
    reasons: false,
    complete: false,
  };
  const { signal } = new AbortController();
  const milliseconds: number[] = [];
  let answer = '';
  for (let time = 0; time < times; time++) {
    const began = performance.now();
    answer = (await desk.answer(OPERATOR, { kind: 'claims', principal: OPERATOR, question }, signal)).toString('utf8');
    milliseconds.push(performance.now() - began);
  }
  store.close();
  await views.close();
  return { milliseconds, answer };
}
