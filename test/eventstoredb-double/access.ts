import { type Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { serviceError } from './faults.js';
import { type DoubleState } from './state.js';
import { type Allowed, isMetadataStream, type StreamAcl } from './stream-metadata.js';

/** The group that may do everything. */
const ADMINS = '$admins';
/** Everybody, in an `$acl`. */
const EVERYBODY = '$all';

type Right = '$r' | '$w' | '$d';

/**
 * Why a call is refused: 16 when its name and password are no user's, 7 when that user is not allowed. Without users,
 * as on a server that runs insecure, everybody may do everything.
 * @param stream `$all` for the whole log
 */
export function accessRefusal(
  { users, log }: DoubleState,
  metadata: Metadata,
  right: Right,
  stream: string,
): ServiceError | undefined {
  if (users === undefined) return undefined;
  const header = metadata.get('authorization')[0]?.toString();
  const [name = '', password] = header === undefined ? [] : credentialsOf(header);
  const user = Object.hasOwn(users, name) ? users[name] : undefined;
  if (header !== undefined && user?.password !== password) return serviceError(status.UNAUTHENTICATED, '');
  const roles = [EVERYBODY, name, ...(user?.groups ?? [])];
  if (roles.includes(ADMINS)) return undefined;
  const isMetadata = isMetadataStream(stream);
  const own = isMetadata ? stream.slice(2) : stream;
  const acl: StreamAcl = own === '$all' ? {} : (log.metadataOf(own).$acl ?? {});
  const allowed = acl[isMetadata ? METADATA_RIGHTS[right] : right] ?? (own.startsWith('$') ? ADMINS : EVERYBODY);
  return listed(allowed).some((role) => roles.includes(role)) ? undefined : denied();
}

const METADATA_RIGHTS = { $r: '$mr', $w: '$mw', $d: '$mw' } as const;

const listed = (allowed: Allowed): readonly string[] => (typeof allowed === 'string' ? [allowed] : allowed);

/** Basic authentication, RFC 7617: a password may contain colons. */
function credentialsOf(header: string): [string, string] {
  const text = Buffer.from(header.replace(/^Basic /i, ''), 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return [text.slice(0, colon), text.slice(colon + 1)];
}

/** As the server's `RpcExceptions.AccessDenied`. */
const denied = (): ServiceError =>
  serviceError(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });
