import { Command } from 'commander';
import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { boundCommand, erasureCommand, proveKey, signedCommand, type SignedFor } from '#signing';
import { signDetached, VerificationError } from '#transparency';
import { commandOf } from '#vocabulary';
import {
  commandLineOf,
  committing,
  conceal,
  invalidRequest,
  linesOf,
  objectOf,
  problemOf,
} from '../../server/src/index.js';
import { originAt } from './ledger-origin.js';
import { EXIT, fail } from './exit.js';
import { sizeOf } from './given-files.js';

interface Options {
  key: string;
  keyId?: string;
  organisation: string;
  ledger?: string;
  url?: string;
  public?: boolean;
  erase?: string;
}

interface SigningKey {
  readonly keyId: string;
  readonly seed: Uint8Array;
}

export function signCommand(): Command {
  return new Command('sign')
    .description('Sign the lines of an import file with a key of your organisation, for one ledger')
    .argument('[file]', 'NDJSON; default, and -: standard input')
    .requiredOption('--key <file>', 'Ed25519 private key, PKCS #8 PEM: openssl genpkey -algorithm ed25519')
    .option('--key-id <id>', 'the id it is registered by; default: its thumbprint (RFC 7638)')
    .requiredOption('--organisation <id>', 'your organisation: a signature holds for its commands only')
    .option('--ledger <origin>', 'the ledger that it is for: the first line of its checkpoints; needs no network')
    .option('--url <url>', 'read that from the ledger’s checkpoint instead; with --ledger, make sure of it')
    .option('--public', 'print what registers the key, its proof of possession included, and sign nothing')
    .option('--erase <event>', 'print the signature of an erasure of what this event withholds, and sign no lines')
    .action(async (file: string | undefined, options: Options) => {
      const key = keyOf(options);
      const { organisation: organisationId } = options;
      const signedFor: SignedFor = { organisationId, ledger: await ledgerOf(options) };
      if (options.public) {
        process.stdout.write(`${JSON.stringify(proveKey({ ...signedFor, keyId: key.keyId }, key.seed))}\n`);
        return;
      }
      if (options.erase !== undefined) {
        process.stdout.write(
          `${signDetached(boundCommand(erasureCommand(options.erase), signedFor), key.keyId, key.seed)}\n`,
        );
        return;
      }
      if (file !== undefined && file !== '-') sizeOf(file);
      const bytes = file === undefined || file === '-' ? process.stdin : createReadStream(file);
      let number = 0;
      for await (const line of linesOf(bytes)) {
        number++;
        try {
          process.stdout.write(`${JSON.stringify(signed(objectOf(line), key, signedFor))}\n`);
        } catch (error) {
          fail(`line ${number}: ${error instanceof VerificationError ? error.message : problemOf(error).detail}`);
        }
      }
    });
}

/** @throws Problem `invalid-request`; VerificationError for what has no canonical form */
function signed(
  line: Record<string, unknown>,
  { keyId, seed }: SigningKey,
  signedFor: SignedFor,
): Record<string, unknown> {
  const { route, target, body: given } = commandLineOf(line);
  const body = committing(given);
  const concealed = conceal(route.withholdable, (body ?? {}) as Record<string, unknown>, true);
  if ('problems' in concealed) throw invalidRequest(concealed.problems);
  const command = signedCommand(commandOf(route), target, concealed.request);
  return { ...line, body, signature: signDetached(boundCommand(command, signedFor), keyId, seed) };
}

async function ledgerOf({ ledger, url }: Options): Promise<string> {
  if (ledger === '') fail('the origin of a ledger is not empty', EXIT.usedWrongly);
  if (url === undefined) {
    return ledger ?? fail('name the ledger that it is for: --ledger ORIGIN, or --url of it', EXIT.usedWrongly);
  }
  const origin = await originAt(url);
  if (ledger !== undefined && ledger !== origin) fail(`the ledger at ${url} is ${origin}, not ${ledger}`);
  return origin;
}

function keyOf({ key: path, keyId }: Options): SigningKey {
  sizeOf(path);
  const unusable = (): never => fail(`${path} is no Ed25519 private key in PKCS #8 PEM`, EXIT.usedWrongly);
  let key: KeyObject;
  try {
    key = createPrivateKey(readFileSync(path, 'utf8'));
  } catch {
    return unusable(); // without the cause: it may quote the key
  }
  const { d } = key.asymmetricKeyType === 'ed25519' ? key.export({ format: 'jwk' }) : {};
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  if (d === undefined || x === undefined) return unusable();
  return { keyId: keyId ?? thumbprintOf(x), seed: Buffer.from(d, 'base64url') };
}

/** RFC 7638, of an Ed25519 key (RFC 8037 App. A.3). */
function thumbprintOf(publicKey: string): string {
  return createHash('sha256').update(`{"crv":"Ed25519","kty":"OKP","x":"${publicKey}"}`).digest('base64url');
}
