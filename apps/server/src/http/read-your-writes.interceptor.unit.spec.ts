import { describe, expect, it } from '@jest/globals';
import { type ExecutionContext } from '@nestjs/common';
import { firstValueFrom, of } from 'rxjs';
import { ReadModelProgress, VerdictProgress } from '#read-model';
import { Problem } from '../problem/problem.js';
import { ReadYourVerdicts, ReadYourWrites } from './read-your-writes.interceptor.js';
import { Stopping } from './stopping.js';

class Tables extends ReadModelProgress {
  position: bigint | undefined = 7n;
  logSize = 8;
  readonly running = true;
  isFilled = false;
  waitFor = (position: bigint): Promise<boolean> => Promise.resolve(this.isFilled && position <= 7n);
  eventsBehind = (): Promise<number> => Promise.resolve(0);
}
class Verdicts extends VerdictProgress {
  judgedUpTo = 7;
  waitFor = (): Promise<boolean> => Promise.resolve(true);
}

const asking = (headers: Record<string, string>): ExecutionContext =>
  ({ switchToHttp: () => ({ getRequest: () => ({ headers }) }) }) as unknown as ExecutionContext;

describe.each([
  ['tables', (tables: Tables) => new ReadYourWrites(tables, new Stopping())],
  ['verdicts', (tables: Tables) => new ReadYourVerdicts(tables, new Verdicts(), new Stopping())],
])('A query of %s', (_what, interceptorOf) => {
  const answerOf = async (tables: Tables, headers: Record<string, string> = {}): Promise<unknown> => {
    const answers = await interceptorOf(tables).intercept(asking(headers), { handle: () => of('answer') });
    return firstValueFrom(answers);
  };

  it('is refused, with when to ask again, until the read tables are filled', async () => {
    const tables = new Tables();
    for (const headers of [{}, { 'ledger-position': '3' }]) {
      const refusal: unknown = await answerOf(tables, headers).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(Problem);
      expect(refusal).toMatchObject({ code: 'overloaded', retryAfterSeconds: expect.any(Number) as unknown });
    }
    tables.isFilled = true;
    expect(await answerOf(tables)).toBe('answer');
    expect(await answerOf(tables, { 'ledger-position': '3' })).toBe('answer');
  });
});
