/** A page of the console. Its address is a URL fragment, so that the server never sees it or logs it. */
export type Route =
  | { readonly page: 'batches'; readonly query: string }
  | {
      readonly page: 'batch';
      readonly batchId: string;
      readonly programme?: string;
      /** State of the world at this instant, UTC. */
      readonly validAt?: string;
      /** What the ledger had recorded by then: a recorded time, UTC, or a log index. */
      readonly knownAt?: string;
    }
  | {
      readonly page: 'product';
      /** Its id, a VIN, or any form of a GTIN with a serial number. */
      readonly product: string;
      readonly programme?: string;
      readonly validAt?: string;
      readonly knownAt?: string;
    }
  | { readonly page: 'overview'; readonly programme?: string }
  | { readonly page: 'sites'; readonly organisationId?: string }
  | { readonly page: 'site'; readonly siteId: string }
  /** Compares two log indexes or recorded times. */
  | { readonly page: 'changes'; readonly from?: string; readonly to?: string; readonly programme?: string }
  | { readonly page: 'concerns' }
  /** The docket; `about` prefills the site of a new concern. */
  | { readonly page: 'docket'; readonly about?: string }
  | { readonly page: 'docket-entry'; readonly entry: string }
  | { readonly page: 'queue' }
  | { readonly page: 'verify' };

/** A page with a chain and verdicts. */
export type ItemRoute = Extract<Route, { page: 'batch' | 'product' }>;

/** @param hash as in `location.hash`. An unknown address leads to the list of batches. */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#?\/?/, '').split('?', 2);
  const [page, id] = path.split('/', 2);
  const query = new URLSearchParams(search);
  switch (page) {
    case 'batches':
      if (id === undefined || id === '') return { page: 'batches', query: query.get('q') ?? '' };
      return {
        page: 'batch',
        batchId: decoded(id),
        ...askedOf(query),
      };
    case 'products':
      if (id === undefined || id === '') return { page: 'batches', query: '' };
      return { page: 'product', product: decoded(id), ...askedOf(query) };
    case 'overview':
      return { page: 'overview', ...optional('programme', query.get('programme')) };
    case 'sites':
      if (id !== undefined && id !== '') return { page: 'site', siteId: decoded(id) };
      return { page: 'sites', ...optional('organisationId', query.get('organisation')) };
    case 'changes':
      return {
        page: 'changes',
        ...optional('from', query.get('from')),
        ...optional('to', query.get('to')),
        ...optional('programme', query.get('programme')),
      };
    case 'docket':
      if (id !== undefined && id !== '') return { page: 'docket-entry', entry: decoded(id) };
      return { page: 'docket', ...optional('about', query.get('about')) };
    case 'concerns':
    case 'queue':
    case 'verify':
      return { page };
    default:
      return { page: 'batches', query: '' };
  }
}

export function formatRoute(route: Route): string {
  switch (route.page) {
    case 'batches':
      return `#/batches${searchOf({ q: route.query })}`;
    case 'batch': {
      const { batchId, programme, validAt, knownAt } = route;
      return `#/batches/${encodeURIComponent(batchId)}${searchOf({ programme, validAt, knownAt })}`;
    }
    case 'product': {
      const { product, programme, validAt, knownAt } = route;
      return `#/products/${encodeURIComponent(product)}${searchOf({ programme, validAt, knownAt })}`;
    }
    case 'overview':
      return `#/overview${searchOf({ programme: route.programme })}`;
    case 'sites':
      return `#/sites${searchOf({ organisation: route.organisationId })}`;
    case 'site':
      return `#/sites/${encodeURIComponent(route.siteId)}`;
    case 'changes': {
      const { from, to, programme } = route;
      return `#/changes${searchOf({ from, to, programme })}`;
    }
    case 'docket':
      return `#/docket${searchOf({ about: route.about })}`;
    case 'docket-entry':
      return `#/docket/${encodeURIComponent(route.entry)}`;
    case 'concerns':
    case 'queue':
    case 'verify':
      return `#/${route.page}`;
  }
}

function askedOf(query: URLSearchParams): Pick<ItemRoute, 'programme' | 'validAt' | 'knownAt'> {
  return {
    ...optional('programme', query.get('programme')),
    ...optional('validAt', query.get('validAt')),
    ...optional('knownAt', query.get('knownAt')),
  };
}

function searchOf(values: Record<string, string | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined && value !== '') query.set(name, value);
  return query.size === 0 ? '' : `?${query.toString()}`;
}

function optional<K extends string>(name: K, value: string | null): Partial<Record<K, string>> {
  return value === null || value === '' ? {} : ({ [name]: value } as Record<K, string>);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
