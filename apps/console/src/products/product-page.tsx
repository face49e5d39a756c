import { type ReactNode } from 'react';
import { ItemPage } from '../batch/batch-page.js';
import { type Route } from '../routing/routes.js';

/** A product by any of its names: its id, a VIN, any form of a GTIN with a serial number. */
export function ProductPage({ route }: { route: Extract<Route, { page: 'product' }> }): ReactNode {
  return <ItemPage route={route} path={`/v1/products/${encodeURIComponent(route.product)}`} what="product" />;
}
