import autocannon from 'autocannon';

export interface TimedLoad {
  readonly result: autocannon.Result;
  /** From the first request until the last answer; autocannon itself looks only once a second whether it is done. */
  readonly seconds: number;
}

/** Sends as many requests as `amount` says, and waits for every answer. */
export async function timedLoad(options: autocannon.Options): Promise<TimedLoad> {
  const began = performance.now();
  let answeredAt = began;
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const load = autocannon(options, (error: Error | null, found) => (error ? reject(error) : resolve(found)));
    load.on('response', () => (answeredAt = performance.now()));
  });
  return { result, seconds: (answeredAt - began) / 1_000 };
}
