import { useSyncExternalStore } from 'react';
import { formatRoute, parseRoute, type Route } from './routes.js';

function onChange(changed: () => void): () => void {
  addEventListener('hashchange', changed);
  return () => removeEventListener('hashchange', changed);
}

export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(onChange, () => location.hash));
}

export function go(route: Route): void {
  location.hash = formatRoute(route);
}

/** Navigates without adding to the history, since dragging passes through many moments. */
export function replaceWith(route: Route): void {
  history.replaceState(history.state, '', formatRoute(route));
  dispatchEvent(new HashChangeEvent('hashchange'));
}
