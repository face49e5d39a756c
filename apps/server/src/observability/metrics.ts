import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { type EventStoreObserver } from '#event-store';

/** Seconds: from a group commit on a fast disk to a client's patience. */
const LATENCY_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/**
 * What Prometheus reads at `/metrics`. No label contains an id from the ledger, because its operators can read the
 * metrics.
 */
export class Metrics implements EventStoreObserver {
  readonly registry = new Registry();

  readonly #events = new Counter({
    name: 'lodebook_events_appended_total',
    help: 'Events acknowledged',
    registers: [this.registry],
  });
  readonly #appends = new Counter({
    name: 'lodebook_appends_total',
    help: 'Appends acknowledged',
    registers: [this.registry],
  });
  readonly #conflicts = new Counter({
    name: 'lodebook_append_conflicts_total',
    help: 'Appends refused for a stale revision',
    registers: [this.registry],
  });
  readonly #commit = new Histogram({
    name: 'lodebook_commit_seconds',
    help: 'From the oldest append of a group being handed over until the group is durable',
    buckets: LATENCY_BUCKETS,
    registers: [this.registry],
  });
  readonly #requests = new Histogram({
    name: 'lodebook_http_request_seconds',
    help: 'Requests by route, method and status',
    labelNames: ['route', 'method', 'status'] as const,
    buckets: LATENCY_BUCKETS,
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  committed(events: number, appends: number, seconds: number): void {
    this.#events.inc(events);
    this.#appends.inc(appends);
    this.#commit.observe(seconds);
  }

  conflict(): void {
    this.#conflicts.inc();
  }

  answered(route: string, method: string, status: number, seconds: number): void {
    this.#requests.observe({ route, method, status: String(status) }, seconds);
  }

  /** Reads a value whenever Prometheus asks. */
  watch(name: string, help: string, read: () => Promise<number>): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      async collect() {
        this.set(await read());
      },
    });
  }
}
