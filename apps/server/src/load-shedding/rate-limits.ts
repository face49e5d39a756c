import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Problem } from '../problem/problem.js';
import { Allowance, type Exhausted } from './allowance.js';

/** Requests a minute; 0: without limit. */
export interface RateLimitNumbers {
  /** For each principal, over all its connections. A stream of commands is one request: it limits its own pace. */
  readonly byPrincipal: number;
  /** For each address, requests without a key or to routes that need none. */
  readonly byAddress: number;
  /** For each address, requests with an unknown key to routes that need one: the number that are told so. */
  readonly failedAuthentications: number;
  /** For each address, what is recorded without a key. */
  readonly submissions: number;
}

/** Generous: enough for one busy client, and far below what would tie up the ledger. */
export const DEFAULT_RATE_LIMITS: RateLimitNumbers = {
  byPrincipal: 600_000,
  byAddress: 60_000,
  failedAuthentications: 300,
  submissions: 10,
};

export class RateLimits {
  readonly #principals: Allowance;
  readonly #addresses: Allowance;
  readonly #failures: Allowance;
  readonly #submissions: Allowance;

  constructor(numbers: RateLimitNumbers) {
    this.#principals = new Allowance('principal', numbers.byPrincipal);
    this.#addresses = new Allowance('address', numbers.byAddress);
    this.#failures = new Allowance('failed-authentication', numbers.failedAuthentications);
    this.#submissions = new Allowance('address-without-a-key', numbers.submissions);
  }

  /** For requests without a key, or to routes that need none: a key makes no difference, known or not. */
  ofAddress(request: FastifyRequest): Exhausted | undefined {
    return this.#addresses.take(networkOf(request.ip));
  }

  /**
   * For what is to be recorded without a key. Addresses are kept only in memory, and no longer than they are needed.
   */
  ofSubmission(request: FastifyRequest): Exhausted | undefined {
    return this.#submissions.take(networkOf(request.ip));
  }

  ofPrincipal(principal: string): Exhausted | undefined {
    return this.#principals.take(principal);
  }

  /** For unknown keys where one is needed. Known keys are not checked here: others' failures never lock them out. */
  ofFailure(request: FastifyRequest): Exhausted | undefined {
    return this.#failures.take(networkOf(request.ip));
  }
}

/** Sets the headers (draft-ietf-httpapi-ratelimit-headers) of the refusal it returns: `rate-limited`. */
export function rateLimited(reply: FastifyReply, { policy, perMinute, retryAfterSeconds }: Exhausted): Problem {
  void reply.header('ratelimit-policy', `"${policy}";q=${perMinute};w=60`);
  void reply.header('ratelimit', `"${policy}";r=0;t=${retryAfterSeconds}`);
  const detail = `More than ${perMinute} requests a minute by one ${policy.replaceAll('-', ' ')}.`;
  return new Problem('rate-limited', detail, [], retryAfterSeconds);
}

/** An IPv4 address; of an IPv6 address the /64, which is what one customer is given. */
export function networkOf(ip: string): string {
  if (!ip.includes(':')) return ip;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail = ''] = ip.split('::');
  const before = head.split(':').filter(Boolean);
  const after = tail.split(':').filter(Boolean);
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return [...before, ...(ip.includes('::') ? zeros : []), ...after].slice(0, 4).join(':');
}
