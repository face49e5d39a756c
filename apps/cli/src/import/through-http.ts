import { addressOf, Problem, type ProblemDocument } from '../../../server/src/index.js';
import { type Recorder } from './import-lines.js';

/** A running ledger that is briefly overloaded is asked again so often. */
const MOST_TRIES = 5;

/** Records through a running server, one command after the other. */
export function throughHttp(url: string, key: string): Recorder {
  return async ({ route, target, body, idempotencyKey, signature }) => {
    const address = new URL(`/v1/${addressOf(route, target)}`, url);
    for (let tries = 1; ; tries++) {
      const answer = await fetch(address, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          'idempotency-key': idempotencyKey,
          ...(signature !== undefined && { 'lodebook-signature': signature }),
        },
        body: JSON.stringify(body),
      });
      if (answer.status === 201) {
        await answer.arrayBuffer();
        return {
          outcome: Promise.resolve(answer.headers.get('idempotent-replayed') === 'true' ? 'there-already' : 'recorded'),
        };
      }
      const problem = (await answer.json()) as ProblemDocument;
      const patience = Number(answer.headers.get('retry-after') ?? 1);
      if ((answer.status === 503 || answer.status === 429) && tries < MOST_TRIES) {
        await new Promise((resolve) => setTimeout(resolve, patience * 1_000));
        continue;
      }
      throw new Problem(
        problem.type.split(':').at(-1) as Problem['code'],
        problem.detail,
        problem.errors ?? [],
        undefined,
        problem.status,
      );
    }
  };
}
