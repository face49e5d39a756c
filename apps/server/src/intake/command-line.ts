import { commandOf, targetNames, type Target } from '#vocabulary';
import { type ProblemLine } from '../problem/problem.js';
import { COMMAND_ROUTES, type CommandRoute } from './command-table.js';
import { invalidRequest } from '../shapes/validation.js';

/** A line of a command stream or an import file, its command found. */
export interface CommandLine {
  readonly route: CommandRoute;
  readonly target: Target;
  readonly body: unknown;
  readonly idempotencyKey: string | undefined;
  /** Detached JWS over the line without this and its idempotency key. */
  readonly signature: string | undefined;
}

const OWN_MEMBERS: ReadonlySet<string> = new Set(['command', 'body', 'idempotencyKey', 'signature']);
const TARGETS: ReadonlySet<string> = new Set(targetNames(COMMAND_ROUTES));
export const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * Reads `{ command, body, idempotencyKey?, signature?, site?|organisation?|attestation?|concern?|scheme?|key? }`.
 * @param fixed target from the URL of the stream, which lines need not repeat
 * @throws Problem `invalid-request` with every problem of the line's form
 */
export function commandLineOf(line: Record<string, unknown>, fixed: Target = {}): CommandLine {
  const problems: ProblemLine[] = [];
  const { command, body, idempotencyKey, signature } = line;
  const target: Partial<Record<keyof Target, string>> = { ...fixed };
  for (const name of Object.keys(line)) {
    if (OWN_MEMBERS.has(name)) continue;
    const value = line[name];
    if (!isTarget(name) || name in fixed)
      problems.push({ path: name, code: 'unknown-field', message: `${name} has no place here` });
    else if (typeof value !== 'string')
      problems.push({ path: name, code: 'not-an-id', message: `${name} must be an id` });
    else target[name] = value;
  }
  if (idempotencyKey !== undefined && (typeof idempotencyKey !== 'string' || !IDEMPOTENCY_KEY.test(idempotencyKey))) {
    problems.push({
      path: 'idempotencyKey',
      code: 'malformed',
      message: 'must be 1 to 255 printable ASCII characters without spaces',
    });
  }
  if (signature !== undefined && typeof signature !== 'string') {
    problems.push({ path: 'signature', code: 'malformed', message: 'must be a detached JWS' });
  }
  const route = typeof command === 'string' ? routeOf(command, target) : undefined;
  if (!route) {
    const where = Object.keys(target).join(' and ') || 'nothing';
    const message = `no command ${JSON.stringify(command)} on ${where}`;
    problems.push({ path: 'command', code: 'not-allowed', message });
  }
  if (!route || problems.length > 0) throw invalidRequest(problems);
  return {
    route,
    target,
    body,
    idempotencyKey: idempotencyKey as string | undefined,
    signature: signature as string | undefined,
  };
}

function isTarget(name: string): name is keyof Target {
  return TARGETS.has(name);
}

/** Last word of the path → its routes, which differ in their parameters. */
const BY_COMMAND = new Map<string, CommandRoute[]>();
for (const route of COMMAND_ROUTES) {
  const command = commandOf(route);
  BY_COMMAND.set(command, [...(BY_COMMAND.get(command) ?? []), route]);
}

function routeOf(command: string, target: Target): CommandRoute | undefined {
  const named = Object.keys(target).length;
  return BY_COMMAND.get(command)?.find(
    (route) => route.target.length === named && route.target.every((name) => Object.hasOwn(target, name)),
  );
}
