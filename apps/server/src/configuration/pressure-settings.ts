import { isIP } from 'node:net';
import { DEFAULT_RATE_LIMITS, type RateLimitNumbers } from '../pressure/rate-limits.js';
import { ConfigurationError } from './configuration-error.js';

/** How much is taken from whom. */
export interface PressureSettings {
  /** Proxies whose word is taken for where a request came from: addresses, networks in CIDR, `loopback`; undefined: none. */
  readonly trustedProxies: readonly string[] | undefined;
  readonly rateLimits: RateLimitNumbers;
}

const PROXY_NAMES = ['loopback', 'linklocal', 'uniquelocal'];

/** @throws ConfigurationError with the variable that holds what it cannot mean */
export function readPressureSettings(given: (name: string) => string | undefined): PressureSettings {
  const { byPrincipal, byAddress, failedAuthentications } = DEFAULT_RATE_LIMITS;
  return {
    trustedProxies: proxiesOf(given('LODEBOOK_TRUST_PROXY')),
    rateLimits: {
      byPrincipal: limitOf('LODEBOOK_RATE_LIMIT', given('LODEBOOK_RATE_LIMIT'), byPrincipal),
      byAddress: limitOf('LODEBOOK_RATE_LIMIT_ADDRESS', given('LODEBOOK_RATE_LIMIT_ADDRESS'), byAddress),
      failedAuthentications: limitOf(
        'LODEBOOK_RATE_LIMIT_FAILED',
        given('LODEBOOK_RATE_LIMIT_FAILED'),
        failedAuthentications,
      ),
    },
  };
}

function limitOf(variable: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^\d{1,9}$/.test(text)) {
    throw new ConfigurationError(variable, `must be requests a minute, 0 for no limit, not "${text}"`);
  }
  return Number(text);
}

function proxiesOf(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const proxies = text.split(',').map((proxy) => proxy.trim());
  const wrong = proxies.find((proxy) => !PROXY_NAMES.includes(proxy) && !isNetwork(proxy));
  if (wrong === undefined) return proxies;
  throw new ConfigurationError(
    'LODEBOOK_TRUST_PROXY',
    `must be addresses, networks (10.0.0.0/8) or ${PROXY_NAMES.join(', ')}, with commas between, not "${wrong}"`,
  );
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}
