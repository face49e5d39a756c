import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { LEDGER_CATEGORIES } from '#audit';
import { ConfigurationError } from './configuration-error.js';
import { readOidcSettings, type OidcSettings } from './oidc-settings.js';
import { readLoadSettings, type LoadSettings } from './load-settings.js';
import { refuseUnknown } from './unknown-variables.js';

/** Everything that can be set, read once at the start. Each field's variable is in the table of `docs/configuration.md`. */
export interface Configuration extends LoadSettings {
  readonly dataFolder: string;
  readonly host: string;
  readonly port: number;
  readonly eventStoreUrl: string;
  /** Prefix of the ledger's stream names on a shared server, including the dash; undefined: none. */
  readonly streamPrefix: string | undefined;
  readonly viewsUrl: string;
  /** An API key with the role `administrator`; undefined: one is made at the first start. */
  readonly administratorKey: string | undefined;
  /** Path of a PEM file, a PKCS #8 PEM, or an Ed25519 seed in base64; undefined: `signing-key.pem` of the data folder. */
  readonly signingKey: string | undefined;
  /** Folder with the administrator's own attestation schemes; undefined: only the built-in ones. */
  readonly schemesFolder: string | undefined;
  /** Undefined: API keys only. */
  readonly oidc: OidcSettings | undefined;
}

/** Shorter keys can be guessed by trying: the start warns. */
export const SHORT_ADMINISTRATOR_KEY = 16;

const EVENT_STORE_SCHEMES = ['sqlite:', 'esdb:', 'esdb+discover:', 'kurrentdb:', 'kurrentdb+discover:'];

/** @throws ConfigurationError with the variable that has an invalid value, or that nothing reads */
export function readConfiguration(variables: Record<string, string | undefined>): Configuration {
  const known = new Set<string>();
  const given = (name: string): string | undefined => {
    known.add(name);
    return variables[name] === '' ? undefined : variables[name];
  };
  const eventStoreUrl = urlOf(
    'LODEBOOK_EVENTSTORE_URL',
    given('LODEBOOK_EVENTSTORE_URL') ?? 'sqlite:',
    EVENT_STORE_SCHEMES,
  );
  const configuration = {
    dataFolder: resolve(given('LODEBOOK_DATA') ?? './data'),
    host: given('LODEBOOK_HOST') ?? '127.0.0.1',
    port: portOf(given('LODEBOOK_PORT') ?? '3000'),
    eventStoreUrl,
    streamPrefix: streamPrefixOf(given('LODEBOOK_STREAM_PREFIX'), eventStoreUrl),
    viewsUrl: viewsUrlOf(given('LODEBOOK_VIEWS_URL') ?? 'sqlite:'),
    administratorKey: administratorKeyOf(given('LODEBOOK_ADMIN_KEY')),
    signingKey: given('LODEBOOK_SIGNING_KEY'),
    schemesFolder: schemesFolderOf(given('LODEBOOK_SCHEMES')),
    oidc: readOidcSettings(given),
    ...readLoadSettings(given),
  };
  refuseUnknown(variables, known);
  return configuration;
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw new ConfigurationError(
      'LODEBOOK_PORT',
      `must be a port number from 0 (any free one) to 65535, not "${text}"`,
    );
  }
  return port;
}

function urlOf(variable: string, text: string, schemes: readonly string[]): string {
  const scheme = text.slice(0, text.indexOf(':') + 1);
  if (!schemes.includes(scheme)) {
    throw new ConfigurationError(variable, `must begin with ${schemes.join(', ')} — not "${scheme || text}"`);
  }
  return text;
}

function viewsUrlOf(text: string): string {
  if (text !== 'sqlite:') {
    throw new ConfigurationError('LODEBOOK_VIEWS_URL', 'must be sqlite: — the read tables are in the data folder');
  }
  return text;
}

/**
 * A word and a dash, so that no prefix is the beginning of another, or of the name of a stream without a prefix.
 * @returns with the dash, whether it was given or not
 */
function streamPrefixOf(given: string | undefined, eventStoreUrl: string): string | undefined {
  if (given === undefined) return undefined;
  const word = given.replace(/-$/, '');
  if (!/^[A-Za-z0-9_.]{1,40}$/.test(word) || LEDGER_CATEGORIES.includes(word)) {
    throw new ConfigurationError(
      'LODEBOOK_STREAM_PREFIX',
      `must be 1 to 40 letters, digits, _ or ., and none of the ledger's own words (${LEDGER_CATEGORIES.join(', ')})`,
    );
  }
  if (eventStoreUrl.startsWith('sqlite:')) {
    throw new ConfigurationError('LODEBOOK_STREAM_PREFIX', 'is for a log on EventStoreDB: a file holds one ledger');
  }
  return `${word}-`;
}

function schemesFolderOf(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new ConfigurationError('LODEBOOK_SCHEMES', `must be a folder of attestation schemes, not "${path}"`);
  }
  return resolve(path);
}

function administratorKeyOf(key: string | undefined): string | undefined {
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key)) {
    throw new ConfigurationError('LODEBOOK_ADMIN_KEY', 'must be printable ASCII characters without spaces');
  }
  return key;
}
