import { LedgerWriter } from './ledger-writer.js';

/** Steps of `width` batches each, every one transformed into every one of the next. */
export function layered(width: number, steps: number): LedgerWriter {
  const ledger = new LedgerWriter();
  ledger.open('works', 'maker', 'JP');
  const layer = (step: number): [string, number][] =>
    Array.from({ length: width }, (_, index) => [`b${step}-${index}`, 100]);
  for (const [batchId] of layer(0)) ledger.register('works', batchId, 100, { cobalt: 50 });
  for (let step = 1; step <= steps; step++) {
    ledger.transform(
      'works',
      'refining',
      layer(step - 1),
      layer(step).map(([batchId, grams]) => [batchId, grams, { cobalt: 50 }]),
    );
  }
  return ledger;
}

/** A kind of nodes that counts how often one is looked at. */
export class CountedNodes<Node> extends Map<string, Node> {
  looks = 0;

  override get(id: string): Node | undefined {
    this.looks++;
    return super.get(id);
  }
}
