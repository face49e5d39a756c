import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordLinesOf } from '../../../apps/cli/src/import/import-lines.js';
import { throughHttp } from '../../../apps/cli/src/import/through-http.js';
import { lineGroupsOf } from '../../../apps/server/src/index.js';
import { asked, say } from '../harness/program.js';
import { oneIdEach } from '../eventstoredb/registering.js';
import { siteId, SITES } from './labelling-sites.js';

/** Streams that a client has open at the same time: as many as the import has. */
const STREAMS = 8;

const spec = asked<{
  folder: string;
  url: string;
  key: string;
  by: 'import' | 'streams';
  lines: number;
  warmUpLines: number;
}>();

const send = spec.by === 'import' ? importFile : postBySite;
await send('warm', spec.warmUpLines);
say({ seconds: await send('measured', spec.lines) });

/** A line of each site in turn. */
function linesOf(name: string, count: number): { site: string; line: object }[] {
  const each = Math.ceil(count / SITES);
  const commands = Array.from({ length: SITES }, (_, site) => [...oneIdEach(`${name}-${site}`, each)]);
  return Array.from({ length: count }, (_, number) => ({
    site: siteId(number % SITES),
    line: { ...commands[number % SITES]![Math.floor(number / SITES)]!, idempotencyKey: `${name}-${number}` },
  }));
}

/** What the command does once it is running: its own start is not measured. @returns seconds */
async function importFile(name: string, count: number): Promise<number> {
  const file = join(spec.folder, `${name}.ndjson`);
  await writeFile(
    file,
    linesOf(name, count).map(({ site, line }) => `${JSON.stringify({ site, ...line })}\n`),
  );
  const began = performance.now();
  const { recorded } = await recordLinesOf(lineGroupsOf(createReadStream(file)), throughHttp(spec));
  if (recorded !== count) throw new Error(`${recorded} of ${count} lines were recorded`);
  return (performance.now() - began) / 1000;
}

/** @returns seconds */
async function postBySite(name: string, count: number): Promise<number> {
  const bySite = new Map<string, string>();
  for (const { site, line } of linesOf(name, count)) {
    bySite.set(site, `${bySite.get(site) ?? ''}${JSON.stringify(line)}\n`);
  }
  const bodies = [...bySite].map(([site, body]) => ({ site, body }));
  const began = performance.now();
  let answered = 0;
  const post = async (): Promise<void> => {
    for (let next = bodies.shift(); next; next = bodies.shift()) {
      const answer = await fetch(`${spec.url}/v1/sites/${next.site}/commands`, {
        method: 'POST',
        headers: { authorization: `Bearer ${spec.key}`, 'content-type': 'application/x-ndjson' },
        body: next.body,
      });
      const lines = (await answer.text()).trim().split('\n');
      const refused = lines.find((line) => !line.startsWith('{"events"'));
      if (refused !== undefined) throw new Error(refused);
      answered += lines.length;
    }
  };
  await Promise.all(Array.from({ length: STREAMS }, post));
  if (answered !== count) throw new Error(`${answered} of ${count} lines were answered`);
  return (performance.now() - began) / 1000;
}
