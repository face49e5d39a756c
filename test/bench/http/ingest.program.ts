import { Readable } from 'node:stream';
import { asked, say } from '../harness/program.js';
import { oneIdEach } from '../eventstoredb/registering.js';
import { batchId } from './labelling-sites.js';

const spec = asked<{
  url: string;
  key: string;
  site: string;
  commands: number;
  warmUpCommands: number;
  /** Default: mixed custody. */
  mix?: 'one-id-each';
  /** Begins the ids of what is measured; default `measured`. */
  name?: string;
}>();

if (spec.warmUpCommands > 0) await stream('warm', spec.warmUpCommands);
const began = performance.now();
await stream(spec.name ?? 'measured', spec.commands);
say({ seconds: (performance.now() - began) / 1000 });

/** Streams commands and reads an answer for each. @throws Error at the first problem */
async function stream(name: string, commands: number): Promise<void> {
  const answer = await fetch(`${spec.url}/v1/sites/${spec.site}/commands`, {
    method: 'POST',
    headers: { authorization: `Bearer ${spec.key}`, 'content-type': 'application/x-ndjson' },
    body: Readable.toWeb(Readable.from(chunks(name, commands))) as never,
    duplex: 'half',
  });
  let answered = 0;
  let rest = '';
  for await (const text of answer.body!.pipeThrough(
    new TextDecoderStream() as never,
  ) as unknown as AsyncIterable<string>) {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      if (!line.startsWith('{"events"')) throw new Error(line);
      answered++;
    }
  }
  if (answered !== commands) throw new Error(`${answered} of ${commands} commands were answered`);
}

function* chunks(name: string, commands: number): Generator<Buffer> {
  const waiting: string[] = [];
  for (const command of spec.mix === undefined ? mixedCustody(name, commands) : oneIdEach(name, commands)) {
    waiting.push(JSON.stringify(command));
    if (waiting.length >= 100) yield Buffer.from(`${waiting.splice(0).join('\n')}\n`);
  }
  if (waiting.length > 0) yield Buffer.from(`${waiting.join('\n')}\n`);
}

/** A batch comes, is labelled, assayed, split, its part declared on, and both are used up. */
function* mixedCustody(name: string, commands: number): Generator<object> {
  let number = 0;
  for (let lot = 0; number < commands; lot++) {
    for (const command of lotOf(`${name}-${lot}`)) if (number++ < commands) yield command;
  }
}

function lotOf(lot: string): { command: string; body: object }[] {
  const part = `${lot}-part`;
  const contentGrams = { nickel: 223_000 };
  const value = `https://id.example/01/${lot}`;
  const label = { batchId: lot, labelId: `${lot}-label`, standard: 'gs1-digital-link', carrier: 'qr', value };
  return [
    {
      command: 'batches',
      body: {
        batchId: lot,
        material: 'nickel-sulphate-hexahydrate',
        grossGrams: 1_000_000,
        contentGrams,
        origin: { kind: 'undocumented' },
      },
    },
    { command: 'labels', body: label },
    { command: 'assays', body: { batchId: lot, contentGrams, method: 'ICP-OES' } },
    { command: 'splits', body: { batchId: lot, parts: [{ batchId: part, grossGrams: 400_000 }] } },
    { command: 'declarations', body: { batchId: part, mineral: 'nickel', share: '0.1' } },
    { command: 'consumptions', body: { batchId: part, grossGrams: 400_000, productId: `${lot}-product` } },
    { command: 'disposals', body: { batchId: lot, grossGrams: 600_000, reason: 'sold for other uses' } },
    { command: 'labels', body: { ...label, batchId: batchId(0, 0), labelId: `${lot}-shelf` } },
    { command: 'label-removals', body: { batchId: batchId(0, 0), labelId: `${lot}-shelf`, reason: 'replaced' } },
  ];
}
