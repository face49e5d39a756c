import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import {
  type Batch,
  type Claims,
  type Programme,
  type Provenance,
  type Explanation,
  type Site,
} from '../api/answers.js';
import { type Client } from '../api/client.js';
import { useProgrammes } from '../api/programmes.js';
import { useAnswer, useAsked, type Answer } from '../api/use-answer.js';
import { sizeOfLog } from '../changes/log-size.js';
import { type Place } from '../chain/chain-folding.js';
import { ChainGraph } from '../chain/chain-graph.js';
import { wayFrom } from '../chain/chain-layout.js';
import { idOf, massOf } from '../format/format.js';
import { Instant } from '../page/instant.js';
import { Waiting } from '../page/waiting.js';
import { ProductFacts } from '../products/product-facts.js';
import { type ItemRoute, type Route } from '../routing/routes.js';
import { go, replaceWith } from '../routing/use-route.js';
import { AsOf } from './as-of.js';
import { Composition } from './composition.js';
import { EvidenceDownload } from './evidence-download.js';
import { Hops } from './hops.js';
import { ReasonPanel } from './reason-panel.js';
import { RestsOn } from './rests-on.js';
import { Timeline } from './timeline.js';
import { Verdicts } from './verdicts.js';

/** Most sites of a chain for which country and organisation are requested. */
const MOST_SITES = 60;

/** The page of a batch; if the batch is a product, redirects to the page of the product. */
export function BatchPage({ route }: { route: Extract<Route, { page: 'batch' }> }): ReactNode {
  const { batchId, page: _, ...asked } = route;
  return (
    <ItemPage
      route={route}
      path={`/v1/batches/${encodeURIComponent(batchId)}`}
      what="batch"
      found={({ product }) => {
        if (product !== undefined) replaceWith({ page: 'product', product: batchId, ...asked });
      }}
    />
  );
}

interface ItemPageProps {
  readonly route: ItemRoute;
  /** Path in the API. */
  readonly path: string;
  readonly what: 'batch' | 'product';
  readonly found?: (batch: Batch) => void;
}

/** A batch at a glance: its origins, its composition and its verdicts. */
export function ItemPage({ route, path, what, found }: ItemPageProps): ReactNode {
  const batch = useAnswer<Batch>(path);
  const chain = useAnswer<Provenance>(`${path}/provenance?depth=100${momentOf(route)}`);
  const programmes = useProgrammes();
  const size = useAsked(sizeOfLog);
  const firstDay = useFirstDay(chain);
  const [lit, setLit] = useState<Explanation>();
  const drawing = useRef<HTMLElement>(null);
  useEffect(() => {
    if (lit !== undefined) drawing.current?.scrollIntoView({ block: 'start' });
  }, [lit]);
  useEffect(() => {
    if (batch.state === 'there') found?.(batch.value);
  }, [batch]);

  if (batch.state !== 'there') return <Waiting answer={batch} what={what} />;
  const { batchId, product } = batch.value;
  return (
    <article className={product && 'passport'}>
      <h1 title={batchId}>{idOf(batchId)}</h1>
      <Facts batch={batch.value} />
      <div className="row no-print">
        <button type="button" onClick={() => void navigator.clipboard?.writeText(location.href)}>
          Copy link
        </button>
        <button type="button" onClick={() => print()}>
          {product === undefined ? 'Print' : 'Print as passport'}
        </button>
        <EvidenceDownload path={`${path}/evidence`} name={batchId} />
      </div>
      {size.state === 'there' && <PrintedFrom lastIndex={size.value - 1} />}
      <AsOf route={route} />
      {size.state === 'there' && firstDay !== undefined && (
        <Timeline route={route} firstDay={firstDay} lastIndex={size.value - 1} />
      )}
      {product !== undefined && <ProductFacts batchId={batchId} product={product} chain={chain} />}
      <h2>Verdicts</h2>
      {programmes.state === 'there' ? (
        <AllVerdicts route={route} path={path} programmes={programmes.value} lit={lit} light={setLit} />
      ) : (
        <Waiting answer={programmes} what="programmes" />
      )}
      <section ref={drawing} className="beyond-passport" aria-labelledby="chain">
        <h2 id="chain">Chain</h2>
        {lit !== undefined && <ReasonPanel reason={lit} close={() => setLit(undefined)} />}
        {chain.state === 'there' ? (
          <Chain chain={chain.value} programme={route.programme} reasonOf={lit?.batchId} />
        ) : (
          <Waiting answer={chain} what="chain" />
        )}
      </section>
      <h2>Composition</h2>
      <Composition batch={batch.value} />
      <div className="beyond-passport">{chain.state === 'there' && <Hops chain={chain.value} />}</div>
    </article>
  );
}

/** On paper only: where to look it up and check it, and the state of the ledger when it was printed. */
function PrintedFrom({ lastIndex }: { lastIndex: number }): ReactNode {
  return (
    <p className="print-only">
      {location.href}, printed on <Instant at={new Date().toISOString()} />, as recorded up to event{' '}
      {lastIndex.toLocaleString()} of the log. The evidence bundle proves it without access to this ledger.
    </p>
  );
}

/** The earliest day of the chain seen so far, so that the slider keeps its range while it is dragged. */
function useFirstDay(chain: Answer<Provenance>): string | undefined {
  const [first, setFirst] = useState<string>();
  const seen = chain.state === 'there' ? beginningOf(chain.value) : undefined;
  useEffect(() => {
    if (seen !== undefined) setFirst((last) => (last === undefined || seen < last ? seen : last));
  }, [seen]);
  return first;
}

function beginningOf({ transformations, hops }: Provenance): string | undefined {
  return [
    ...transformations.map(({ occurredAt }) => occurredAt),
    ...hops.map(({ dispatchedAt }) => dispatchedAt),
  ].sort()[0];
}

function Facts({ batch }: { batch: Batch }): ReactNode {
  const { material, status, siteId, grossGrams, contentGrams, contentKnown, held } = batch;
  const content = Object.entries(contentGrams).map(([mineral, grams]) => `${massOf(grams)} ${mineral}`);
  return (
    <p className="facts">
      {material} · {status.replace('-', ' ')}
      {siteId !== undefined && ` · ${idOf(siteId)}`} · {massOf(grossGrams)} gross
      {content.length > 0 && `, ${content.join(', ')}`}
      {!contentKnown && ' · content not known'}
      {held && <strong> · held</strong>}
    </p>
  );
}

function Chain(props: { chain: Provenance; programme: string | undefined; reasonOf: string | undefined }): ReactNode {
  const { chain, programme, reasonOf } = props;
  const ask = useCallback((client: Client, signal: AbortSignal) => placesOf(chain, client, signal), [chain]);
  const sites = useAsked(ask);
  const lit = useMemo(() => (reasonOf === undefined ? new Set<string>() : wayFrom(reasonOf, chain)), [reasonOf, chain]);
  const [places, setPlaces] = useState(NO_PLACES);
  // While the sites of a chain that has grown are asked for, those known before stay: nothing is drawn anew without them.
  useEffect(() => {
    if (sites.state === 'there') setPlaces(sites.value);
  }, [sites]);
  return (
    <>
      <p className="quiet">
        From the origins on the left to this batch on the right; the width of a flow shows its mass. Arrow keys follow
        the flows, Enter or a click opens a batch or unfolds a group, Backspace folds it again.
        {chain.truncated && ' The chain goes back further than is drawn.'}
      </p>
      <ChainGraph chain={chain} places={places} programme={programme} lit={lit} />
    </>
  );
}

const NO_PLACES: ReadonlyMap<string, Place> = new Map();

/** Country and organisation of the sites that are disclosed to the reader. */
async function placesOf(
  { batches, transformations, hops }: Provenance,
  client: Client,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Place>> {
  const sites = new Set([
    ...transformations.map(({ siteId }) => siteId),
    ...hops.flatMap(({ consignorSiteId, consigneeSiteId }) => [consignorSiteId, consigneeSiteId]),
    ...batches.flatMap(({ siteId }) => siteId ?? []),
  ]);
  const known = [...sites].filter((siteId) => !siteId.includes('~')).slice(0, MOST_SITES);
  const places = await Promise.all(
    known.map(async (siteId) => {
      try {
        return [[siteId, await client.get<Site>(`/v1/sites/${encodeURIComponent(siteId)}`, signal)] as const];
      } catch (error) {
        if (signal.aborted) throw error;
        return []; // visible in the chain, but without further detail
      }
    }),
  );
  return new Map(places.flat());
}

/** The two times of a question as query parameters. */
function momentOf({ validAt, knownAt }: Pick<ItemRoute, 'validAt' | 'knownAt'>): string {
  return Object.entries({ validAt, knownAt })
    .map(([name, value]) => (value === undefined ? '' : `&${name}=${encodeURIComponent(value)}`))
    .join('');
}

function withProgramme({ programme: _, ...route }: ItemRoute, programme: string | undefined): ItemRoute {
  return programme === undefined ? route : { ...route, programme };
}

interface AllVerdictsProps {
  readonly route: ItemRoute;
  readonly path: string;
  readonly programmes: readonly Programme[];
  readonly lit: Explanation | undefined;
  readonly light: (reason: Explanation | undefined) => void;
}

function AllVerdicts({ route, path, programmes, lit, light }: AllVerdictsProps): ReactNode {
  const at = momentOf(route);
  const pathOf = useCallback(
    (programme: string) => `${path}/claims?programme=${encodeURIComponent(programme)}&indicative=true${at}`,
    [path, at],
  );
  const ask = useCallback(
    (client: Client, signal: AbortSignal) =>
      Promise.all(programmes.map(({ id }) => client.get<Claims>(pathOf(id), signal))),
    [programmes, pathOf],
  );
  const answer = useAsked(ask);
  if (answer.state !== 'there') return <Waiting answer={answer} what="verdicts" />;
  return (
    <>
      <Verdicts
        verdicts={answer.value.map((claims, index) => ({ programme: programmes[index]!, claims }))}
        open={route.programme}
        choose={(programme) => go(withProgramme(route, programme))}
        lit={lit}
        light={light}
      />
      {route.programme !== undefined && <RestsOn key={route.programme} path={pathOf(route.programme)} />}
    </>
  );
}
