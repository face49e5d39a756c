import { lazy, Suspense, useEffect, useRef, type ReactNode } from 'react';
import { BatchPage } from './batch/batch-page.js';
import { BatchesPage } from './batches/batches-page.js';
import { ChangesPage } from './changes/changes-page.js';
import { useNews } from './news/news.js';
import { OverviewPage } from './overview/overview-page.js';
import { ProductPage } from './products/product-page.js';
import { formatRoute, type Route } from './routing/routes.js';
import { useRoute } from './routing/use-route.js';
import { useSession } from './session/session.js';
import { SignIn } from './session/sign-in.js';
import { SitePage } from './sites/site-page.js';
import { SitesPage } from './sites/sites-page.js';

// Loads the verifier and the rules, which the other pages do not need.
const VerifyPage = lazy(async () => ({ default: (await import('./verification/verify-page.js')).VerifyPage }));

// Loads the subjects of concerns, with the rules that they are part of.
const DocketPage = lazy(async () => ({ default: (await import('./docket/docket-page.js')).DocketPage }));
const EntryPage = lazy(async () => ({ default: (await import('./docket/entry-page.js')).EntryPage }));
const ConcernsPage = lazy(async () => ({ default: (await import('./concerns/concerns-page.js')).ConcernsPage }));
const QueuePage = lazy(async () => ({ default: (await import('./docket/queue-page.js')).QueuePage }));

/** Pages that need no key. */
const PUBLIC_PAGES: ReadonlySet<Route['page']> = new Set(['docket', 'docket-entry', 'verify']);

const SECTIONS: readonly { readonly route: Route; readonly title: string }[] = [
  { route: { page: 'batches', query: '' }, title: 'Batches' },
  { route: { page: 'sites' }, title: 'Sites' },
  { route: { page: 'overview' }, title: 'Overview' },
  { route: { page: 'changes' }, title: 'Changes' },
  { route: { page: 'concerns' }, title: 'Concerns' },
  { route: { page: 'docket' }, title: 'Docket' },
  { route: { page: 'verify' }, title: 'Verify' },
];

export function App(): ReactNode {
  const route = useRoute();
  const { isSignedIn, signOut } = useSession();
  const { isAway } = useNews();
  const main = useRef<HTMLElement>(null);
  const subject = subjectOf(route);

  // A new page is read from its beginning, by eye and by screen reader alike.
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) main.current?.focus();
    isFirst.current = false;
  }, [subject]);

  const section = SECTION_OF[route.page] ?? route.page;
  return (
    <>
      <a className="skip" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        Skip to content
      </a>
      <header>
        <a className="brand" href="#/batches">
          Lodebook
        </a>
        <nav aria-label="Sections">
          {SECTIONS.map(({ route: to, title }) => (
            <a key={to.page} href={formatRoute(to)} aria-current={section === to.page ? 'page' : undefined}>
              {title}
            </a>
          ))}
        </nav>
        {isSignedIn && (
          <button type="button" className="quiet" onClick={signOut}>
            Sign out
          </button>
        )}
      </header>
      {isAway && (
        <p role="status" className="away">
          The ledger is not responding. This page shows its last answers and reconnects automatically.
        </p>
      )}
      <main ref={main} tabIndex={-1}>
        {isSignedIn || PUBLIC_PAGES.has(route.page) ? <Page route={route} /> : <SignIn />}
      </main>
    </>
  );
}

const SECTION_OF: Readonly<Partial<Record<Route['page'], Route['page']>>> = {
  batch: 'batches',
  product: 'batches',
  site: 'sites',
  'docket-entry': 'docket',
  queue: 'docket',
};

/** What a page is about: with another subject it counts as another page. */
function subjectOf(route: Route): string {
  switch (route.page) {
    case 'batch':
      return `batch ${route.batchId}`;
    case 'product':
      return `product ${route.product}`;
    case 'site':
      return `site ${route.siteId}`;
    case 'docket-entry':
      return `docket ${route.entry}`;
    default:
      return route.page;
  }
}

function Page({ route }: { route: Route }): ReactNode {
  switch (route.page) {
    case 'batches':
      return <BatchesPage query={route.query} />;
    case 'batch':
      return <BatchPage key={route.batchId} route={route} />;
    case 'product':
      return <ProductPage key={route.product} route={route} />;
    case 'sites':
      return <SitesPage organisationId={route.organisationId} />;
    case 'site':
      return <SitePage key={route.siteId} siteId={route.siteId} />;
    case 'changes':
      return <ChangesPage route={route} />;
    case 'overview':
      return <OverviewPage programme={route.programme} />;
    case 'concerns':
      return (
        <Suspense fallback={<p role="status">Loading the concerns …</p>}>
          <ConcernsPage />
        </Suspense>
      );
    case 'docket':
    case 'docket-entry':
    case 'queue':
      return <Suspense fallback={<p role="status">Loading the docket …</p>}>{docketPage(route)}</Suspense>;
    case 'verify':
      return (
        <Suspense fallback={<p role="status">Loading the verifier …</p>}>
          <VerifyPage />
        </Suspense>
      );
  }
}

function docketPage(route: Extract<Route, { page: 'docket' | 'docket-entry' | 'queue' }>): ReactNode {
  if (route.page === 'docket') return <DocketPage about={route.about} />;
  return route.page === 'queue' ? <QueuePage /> : <EntryPage key={route.entry} entry={route.entry} />;
}
