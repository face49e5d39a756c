import { isIP } from 'node:net';
import {
  descriptorLimit,
  mostConnections,
  usualConnections,
  type ConnectionLimits,
} from '../load-shedding/connections.js';
import { DEFAULT_RATE_LIMITS, type RateLimitNumbers } from '../load-shedding/rate-limits.js';
import { ConfigurationError } from './configuration-error.js';

/** How much is accepted from each caller. */
export interface LoadSettings {
  /** Proxies that are trusted to say where a request came from: addresses, networks in CIDR, `loopback`; undefined: none. */
  readonly trustedProxies: readonly string[] | undefined;
  readonly rateLimits: RateLimitNumbers;
  readonly connections: ConnectionLimits;
}

const PROXY_NAMES = ['loopback', 'linklocal', 'uniquelocal'];

/** @throws ConfigurationError with the variable that has an invalid value */
export function readLoadSettings(given: (name: string) => string | undefined): LoadSettings {
  const { byPrincipal, byAddress, failedAuthentications, submissions } = DEFAULT_RATE_LIMITS;
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
      submissions: limitOf('LODEBOOK_RATE_LIMIT_PUBLIC', given('LODEBOOK_RATE_LIMIT_PUBLIC'), submissions),
    },
    connections: connectionsOf(given, descriptorLimit()),
  };
}

function connectionsOf(given: (name: string) => string | undefined, descriptors: number | undefined): ConnectionLimits {
  const usual = usualConnections(descriptors);
  const ofAll = given('LODEBOOK_MAX_CONNECTIONS');
  const most = ofAll === undefined ? usual.most : countOf('LODEBOOK_MAX_CONNECTIONS', ofAll);
  if (descriptors !== undefined && most > mostConnections(descriptors)) {
    throw new ConfigurationError(
      'LODEBOOK_MAX_CONNECTIONS',
      `must be ${mostConnections(descriptors)} at the most: this process may have ${descriptors} files and connections open (ulimit -n), and the ledger needs some itself`,
    );
  }
  const ofAddress = given('LODEBOOK_MAX_CONNECTIONS_ADDRESS');
  if (ofAddress === undefined) return { most, mostOfAddress: Math.ceil(most / 2) };
  const mostOfAddress = countOf('LODEBOOK_MAX_CONNECTIONS_ADDRESS', ofAddress);
  if (mostOfAddress <= most) return { most, mostOfAddress };
  throw new ConfigurationError(
    'LODEBOOK_MAX_CONNECTIONS_ADDRESS',
    `must be ${most} at the most: that many connections are kept of all addresses`,
  );
}

function countOf(variable: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new ConfigurationError(variable, `must be a number of connections, 1 or more, not "${text}"`);
  }
  return Number(text);
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
