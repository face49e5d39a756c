import { useEffect, type ReactNode } from 'react';
import { type Batch } from '../api/answers.js';
import { useAnswer } from '../api/use-answer.js';
import { Waiting } from '../page/waiting.js';
import { replaceWith } from '../routing/use-route.js';

/** Opens the page of a product by whatever names it: its id, a VIN, any form of a GTIN with a serial number. */
export function ProductPage({ named }: { named: string }): ReactNode {
  const product = useAnswer<Batch>(`/v1/products/${encodeURIComponent(named)}`);
  const batchId = product.state === 'there' ? product.value.batchId : undefined;
  useEffect(() => {
    if (batchId !== undefined) replaceWith({ page: 'batch', batchId });
  }, [batchId]);
  return <Waiting answer={product} what="product" />;
}
