import { convertToCommandError, type EventStoreDBClient } from '@eventstore/db-client';
import featuresGrpc from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import type featuresPb from '@eventstore/db-client/generated/serverfeatures_pb.js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import { EventStoreError } from '../event-store-error.js';
import { AttemptTimeout } from './client-errors.js';
import { type Channel, isNodeKnown, nodeKnown } from './connection.js';
import { within } from './timing.js';

/** The first version that tells a subscription when it has caught up: without that a reading of the log never ends. */
const OLDEST = { year: 23, month: 10 };

const UNIMPLEMENTED = 12;

const checked = new WeakSet<Channel>();

/**
 * Asks a node for its version, once on each connection: a client that lost its node may find an older one.
 * @throws EventStoreError `store-failed` with the version found when it is before 23.10; the client's error when the node
 *   does not answer within `attemptMs`
 */
export async function requireVersion(client: EventStoreDBClient, attemptMs: number): Promise<void> {
  if (isNodeKnown(client)) return;
  // Finding a node may take longer than anybody can wait: a stopped server does not say that it is not the leader.
  const tooLate = (): Error => new AttemptTimeout('no node was found');
  const channel = await within(attemptMs, client['getChannel'](), tooLate);
  if (checked.has(channel)) return nodeKnown(client);
  const version = await versionOf(client, attemptMs);
  if (isTooOld(version)) {
    throw new EventStoreError(
      'store-failed',
      `EventStoreDB ${OLDEST.year}.${OLDEST.month} or later is needed, and the server at ` +
        `${channel.getTarget().replace(/^dns:/, '')} is EventStoreDB ${version ?? 'of a version before 21.10'}`,
    );
  }
  checked.add(channel);
}

/** @returns undefined from a server that is too old to be asked. */
function versionOf(client: EventStoreDBClient, attemptMs: number): Promise<string | undefined> {
  return client['execute'](featuresGrpc.ServerFeaturesClient, 'getSupportedMethods', (features) => {
    const [metadata, options] = client['callArguments']({ deadline: attemptMs });
    return new Promise((resolve, reject) => {
      const answered = (error: (Error & { code?: number }) | null, methods?: featuresPb.SupportedMethods): void => {
        if (error?.code === UNIMPLEMENTED) resolve(undefined);
        else if (error) reject(convertToCommandError(error));
        else resolve(methods!.getEventStoreServerVersion());
      };
      features.getSupportedMethods(new sharedPb.Empty(), metadata, options, answered);
    });
  });
}

/** A version that is not a number is that of a custom build, and is trusted. */
function isTooOld(version: string | undefined): boolean {
  if (version === undefined) return true;
  const [, year, month] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  if (year === undefined || year === '0') return false;
  return Number(year) < OLDEST.year || (Number(year) === OLDEST.year && Number(month) < OLDEST.month);
}
