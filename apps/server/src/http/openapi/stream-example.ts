/** A stream of commands to one site, a line each. */
export const commandStreamExample = {
  site: 'kurobe-works',
  body: [
    {
      command: 'batches',
      idempotencyKey: 'kurobe-cells-2',
      body: {
        batchId: 'kurobe-cells-2',
        material: 'end-of-life-batteries',
        grossGrams: 500_000,
        contentGrams: { cobalt: 30_000, nickel: 90_000 },
        origin: { kind: 'end-of-life' },
      },
    },
    {
      command: 'labels',
      idempotencyKey: 'kurobe-label-2',
      body: {
        batchId: 'kurobe-cells-2',
        labelId: 'kurobe-label-2',
        standard: 'gs1-128',
        carrier: 'barcode',
        value: '(00)395212345000000018',
      },
    },
  ]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join(''),
};
