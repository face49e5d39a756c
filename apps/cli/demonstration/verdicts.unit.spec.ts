import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  buildGraph,
  buildStanding,
  CLAIMS,
  evaluate,
  parseProgramme,
  type BatteryCategory,
  type ClaimLine,
  type ClaimsVerdict,
  type GraphEvent,
  type Programme,
} from '#claims';
import { InMemoryLedger } from './testing/in-memory-ledger.js';
import { readDemonstration } from './testing/read-demonstration.js';

/** A row of the table of verdicts in the README. */
interface Row {
  readonly claim: string;
  /** Mineral, right, criterion, or the article that the citation names. */
  readonly of: string;
  readonly verdict: string;
  readonly request: string;
  readonly because: string;
}

const readme = readFileSync(new URL('./README.md', import.meta.url), 'utf8');
const rows: Row[] = readme.split('\n').flatMap((line) => {
  const [, claim = '', of = '', verdict = '', request = '', because = ''] = line
    .split('|')
    .map((cell) => cell.trim().replaceAll('`', ''));
  return request.startsWith('/v1/batches/') ? [{ claim, of, verdict, request, because }] : [];
});
const WHOLE = 'the programme';

const programmes = programmesOf(new URL('../../../libs/claims/programmes/', import.meta.url));

describe('the verdicts on the demonstration chain', () => {
  const ledger = new InMemoryLedger('2026-11-01T00:00:00.000Z');
  let events: GraphEvent[];
  beforeAll(async () => {
    for (const line of readDemonstration()) await ledger.record(line);
    events = await ledger.events();
  });

  it('shows each claim holding, broken and unproven', () => {
    const shown = new Set(rows.map(({ claim, verdict }) => `${claim} ${verdict}`));
    const made = new Set([...programmes.values()].flatMap(({ rules }) => rules.map(({ claim }) => claim)));
    const wanted = [...CLAIMS.filter((claim) => made.has(claim)), WHOLE].flatMap((claim) =>
      ['holds', 'broken', 'unproven'].map((verdict) => `${claim} ${verdict}`),
    );
    // A document that is not there may yet be shown.
    wanted.splice(wanted.indexOf('documented broken'), 1);
    expect(wanted.filter((each) => !shown.has(each))).toEqual([]);
  });

  it.each(rows)('$verdict: $claim $of, $request', (row) => {
    const answer = answerTo(row.request, events);
    if (row.claim === WHOLE) {
      expect(answer.verdict).toBe(row.verdict);
      return;
    }
    const line = answer.claims.find((each) => isAskedFor(each, row));
    expect(line?.verdict).toBe(row.verdict);
    const because = answer.reasons.flatMap((reason) =>
      reason.claim === row.claim &&
      (reason.mineral ?? reason.right ?? reason.document) === (line?.mineral ?? line?.right ?? line?.document)
        ? [String(reason.because)]
        : [],
    );
    if (row.because !== '') expect(because).toContain(row.because);
  });

  it('holds chain one under the Agreement, every battery of it', () => {
    const batteries = [1, 2, 3, 4, 5].flatMap((campaign) =>
      ['a', 'b', 'c'].map((each) => `battery-${campaign}-${each}`),
    );
    const broken = batteries.flatMap((batchId) => {
      const request = `/v1/batches/${batchId}/claims?programme=us-japan-cma-2023&validAt=2026-10-31T00:00:00.000Z`;
      const { verdict, reasons } = answerTo(request, events);
      return verdict === 'holds' ? [] : [{ batchId, verdict, reasons }];
    });
    expect(broken).toEqual([]);
  });

  // Cells made of cam-y-c were broken before, by the graphite in them.
  it('takes forced labour from exactly what lay at Mbali after the revocation took effect, once it is recorded', () => {
    const revoked = events.findIndex(({ type }) => type === 'AttestationRevoked');
    const before = forcedLabour(events.slice(0, revoked), '2026-09-12T00:00:00.000Z');
    const after = forcedLabour(events.slice(0, revoked + 1), '2026-09-12T00:00:00.000Z');
    const flipped = [...after].flatMap(([batchId, verdict]) => (before.get(batchId) === verdict ? [] : [batchId]));
    expect(flipped.sort()).toEqual(['cam-y-c', 'hpmsm-c', 'hpmsm-d', 'mn-ore-c', 'mn-ore-d', 'mn-ore-e', 'pcam-y-c']);
    expect(flipped.map((batchId) => [before.get(batchId), after.get(batchId)])).toEqual(
      flipped.map(() => ['holds', 'broken']),
    );
  });
});

function isAskedFor(line: ClaimLine, { claim, of }: Row): boolean {
  if (line.claim !== claim) return false;
  return (
    of === '' || line.mineral === of || line.right === of || line.document === of || line.citation.includes(`${of},`)
  );
}

function answerTo(request: string, events: readonly GraphEvent[]): ClaimsVerdict {
  const { pathname, searchParams } = new URL(request, 'http://ledger.example');
  const batchId = decodeURIComponent(pathname.split('/')[3] ?? '');
  const programme = programmes.get(searchParams.get('programme') ?? '');
  const validAt = searchParams.get('validAt') ?? '';
  const batteryCategory = searchParams.get('batteryCategory') as BatteryCategory | null;
  if (programme === undefined) throw new Error(`no programme for ${request}`);
  const rulesAt = searchParams.get('rulesAt');
  const question = {
    batchId,
    validAt,
    indicative: searchParams.get('indicative') === 'true',
    ...(rulesAt === null ? {} : { rulesAt }),
    ...(batteryCategory === null ? {} : { batteryCategory }),
  };
  const answer = evaluate(buildGraph(events, { validAt }), buildStanding(events), programme, question);
  if (answer === undefined) throw new Error(`no batch ${batchId}`);
  return answer;
}

/** Batch → verdict on forced labour under the Agreement. */
function forcedLabour(events: readonly GraphEvent[], validAt: string): Map<string, string | undefined> {
  const graph = buildGraph(events, { validAt });
  const standing = buildStanding(events);
  const agreement = programmes.get('us-japan-cma-2023');
  if (agreement === undefined) throw new Error('no programme of the Agreement');
  const programme = { ...agreement, rules: agreement.rules.filter(({ claim }) => claim === 'labour') };
  return new Map(
    [...graph.batches.keys()].map((batchId) => {
      const answer = evaluate(graph, standing, programme, { batchId, validAt });
      return [batchId, answer?.claims.find(({ right }) => right === 'forced-labour')?.verdict];
    }),
  );
}

function programmesOf(folder: URL): Map<string, Programme> {
  return new Map(
    readdirSync(folder).map((file) => {
      const parsed = parseProgramme(JSON.parse(readFileSync(new URL(file, folder), 'utf8')));
      if ('problems' in parsed) throw new Error(`${file}: ${JSON.stringify(parsed.problems)}`);
      return [parsed.programme.id, parsed.programme];
    }),
  );
}
