import { type EventData, EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { randomUUID } from 'node:crypto';
import { asked, say } from '../harness/program.js';
import { registration } from './registering.js';

/**
 * The least that EventStoreDB's own client can do for the same log: no access control, no check, no decision. For each
 * command the append that reserves its id, and for each group of commands the append of their events at the expected
 * revision.
 */
interface Spec {
  readonly url: string;
  /** `single`: a call for each append, as the ledger makes them; `batch`: as the client comes. */
  readonly calls: 'single' | 'batch';
  /** Streams that are appended to at the same time. */
  readonly sites: number;
  readonly commands: number;
  readonly warmUpCommands: number;
  readonly eventsPerAppend: number;
}

const spec = asked<Spec>();
const client = EventStoreDBClient.connectionString(spec.url);
if (spec.calls === 'single') client['supports'] = () => Promise.resolve(false);

await run('warm', spec.warmUpCommands);
const began = performance.now();
await run('measured', spec.commands);
say({ perSecond: (spec.commands * 1000) / (performance.now() - began) });
await client.dispose();
process.exit(0);

async function run(name: string, commands: number): Promise<void> {
  const each = Math.ceil(commands / spec.sites);
  await Promise.all(
    Array.from({ length: spec.sites }, (_, site) => atSite(`${name}-${site}`, Math.min(each, commands - site * each))),
  );
}

/** The ids of the next group are reserved while the events of the last are appended. */
async function atSite(site: string, commands: number): Promise<void> {
  let revision: bigint | undefined;
  const { eventsPerAppend: size } = spec;
  let reserved = reserve(site, 0, Math.min(size, commands));
  for (let from = 0; from < commands; from += size) {
    const count = Math.min(size, commands - from);
    await reserved;
    const next = from + size;
    if (next < commands && size > 1) reserved = reserve(site, next, Math.min(size, commands - next));
    const events = Array.from({ length: count }, (_, index) => fact(`${site}-${from + index}`));
    const answer = await client.appendToStream(`site-bare-${site}`, events, {
      expectedRevision: revision ?? NO_STREAM,
      requiresLeader: true,
    });
    revision = answer.nextExpectedRevision;
    if (next < commands && size === 1) reserved = reserve(site, next, 1);
  }
}

async function reserve(site: string, from: number, count: number): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, (_, index) => {
      const id = `bare-${site}-${from + index}`;
      const data = { kind: 'batch', id, siteId: site, afterRevision: String(from) };
      const event = jsonEvent({ id: randomUUID(), type: 'IdReserved', data, metadata: metadata() });
      return client.appendToStream(`batch-${id}`, [event], { expectedRevision: NO_STREAM, requiresLeader: true });
    }),
  );
}

function fact(id: string): EventData {
  const { body } = registration(id);
  return jsonEvent({ id: randomUUID(), type: 'BatchRegistered', data: { ...body }, metadata: metadata() });
}

function metadata(): Record<string, unknown> {
  const at = new Date().toISOString();
  return {
    commandId: randomUUID(),
    actor: { principal: 'operator' },
    occurredAt: at,
    recordedAt: at,
    schemaVersion: 1,
  };
}
