/** A command that takes one new id: the batches of a site that comes in. */
export function registration(batchId: string): { command: string; body: object } {
  return {
    command: 'batches',
    body: {
      batchId,
      material: 'nickel-sulphate-hexahydrate',
      grossGrams: 1_000_000,
      contentGrams: { nickel: 223_000 },
      origin: { kind: 'undocumented' },
    },
  };
}

/** Commands each of which takes one new id: a batch comes in, then a part is split off it. */
export function* oneIdEach(name: string, commands: number): Generator<{ command: string; body: object }> {
  for (let number = 0; number < commands; number++) {
    const lot = `${name}-${Math.floor(number / 2)}`;
    if (number % 2 === 0) yield registration(lot);
    else yield { command: 'splits', body: { batchId: lot, parts: [{ batchId: `${lot}-part`, grossGrams: 400_000 }] } };
  }
}
