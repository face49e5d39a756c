import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile, spawnSync } from 'node:child_process';
import { createReadStream, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { recordLinesOf } from '../../apps/cli/src/import/import-lines.js';
import { throughDesk } from '../../apps/cli/src/import/through-desk.js';
import { lineGroupsOf } from '../../apps/server/src/index.js';
import { DEMONSTRATION } from '../harness/cli.js';
import { RunningLedger, type Json } from '../harness/running-ledger.js';

const REPOSITORY = new URL('../../', import.meta.url).pathname;
const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const TOUR = README.slice(README.indexOf('## A first tour'), README.indexOf('## The map'));
const BLOCKS = [...TOUR.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block]) => block!);
/** Separates the outputs of the blocks. */
const NEXT = '----';

const hasCurl = spawnSync('curl', ['--version']).status === 0;
if (!hasCurl) console.warn('no curl here: the tour of the README is not tried');

/** The output of each block. */
async function pasted(address: string): Promise<string[]> {
  const script = BLOCKS.map((block) => `${block}\necho; echo ${NEXT}\n`)
    .join('')
    .replace('http://127.0.0.1:3000', address)
    .replace('npx lodebook', 'node scripts/lodebook.mjs'); // the same program, which npx must not look for in a registry
  const { stdout } = await promisify(execFile)('bash', ['-e', '-c', script], {
    cwd: REPOSITORY,
    maxBuffer: 1 << 26,
  });
  return stdout.split(`${NEXT}\n`).map((answer) => answer.trim());
}
const json = (text: string): Json => JSON.parse(text) as Json;

(hasCurl ? describe : describe.skip)('the tour of the README, pasted block by block', () => {
  let ledger: RunningLedger;
  let answers: string[];
  beforeAll(async () => {
    const key = /LODEBOOK_ADMIN_KEY=(\S+) npm start/.exec(README)![1]!;
    ledger = await RunningLedger.start({ LODEBOOK_ADMIN_KEY: key });
    await recordLinesOf(lineGroupsOf(createReadStream(DEMONSTRATION)), throughDesk(ledger.desk));
    await ledger.ledger.verdicts.waitFor((await ledger.ledger.store.head())!, 20_000);
    answers = await pasted(ledger.url);
  }, 120_000);
  afterAll(() => ledger.dispose());

  it('records, refuses and answers as it says', () => {
    const [, registered, recorded, batch, refused, , flawed, streamed] = answers;
    expect(registered).toContain('"OrganisationRegistered"');
    expect(recorded).toMatch(/"SiteOpened".*"BatchRegistered"/);
    expect(json(batch!)['composition']).toEqual({
      cobalt: [{ country: 'ZZ', class: 'post-consumer', milligrams: 60_000_000, grams: 60_000 }],
      nickel: [{ country: 'ZZ', class: 'post-consumer', milligrams: 180_000_000, grams: 180_000 }],
    });
    expect(json(refused!)['type']).toBe('urn:lodebook:problem:not-enough-left');
    expect(json(flawed!)).toMatchObject({ batchId: 'hpmsm-c', verdict: 'broken' });
    expect(streamed).toMatch(/"BatchLabelled".*\n.*"BatchSplit"/);
  });

  it('shows the regulator a chain and its verdict', () => {
    const [provenance, claims] = answers[5]!
      .replace(/\}\s*\{"batchId":"battery-5-b","programme"/, '}\n{"batchId":"battery-5-b","programme"')
      .split('\n');
    expect(json(provenance!)['batches']).toBeInstanceOf(Array);
    expect(json(claims!)).toMatchObject({ batchId: 'battery-5-b', verdict: 'holds' });
  });

  it('imports with the key of the organisation', async () => {
    const { body } = await ledger.get('batches/tour-cells-a', String(await ledger.ledger.store.head()));
    expect(body).toMatchObject({ grossGrams: 245_000, siteId: 'tour-works' });
  });
});
