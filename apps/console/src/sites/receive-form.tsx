import { useCallback, useState, type FormEvent, type ReactNode } from 'react';
import { type Batch, type Shipment } from '../api/answers.js';
import { Problem, type Client } from '../api/client.js';
import { useAsked } from '../api/use-answer.js';
import { idOf, massOf } from '../format/format.js';
import { Waiting } from '../page/waiting.js';
import { useSession } from '../session/session.js';

const CONDITIONS = ['intact', 'illegible', 'missing'] as const;
type Condition = (typeof CONDITIONS)[number];

interface Weighed {
  readonly grossGrams: string;
  readonly labels: Readonly<Record<string, Condition>>;
}

interface ReceiveFormProps {
  readonly siteId: string;
  readonly shipment: Shipment;
  readonly done: () => void;
}

/** Records the mass of each batch on arrival and the condition of each label. */
export function ReceiveForm({ siteId, shipment, done }: ReceiveFormProps): ReactNode {
  const { batchIds } = shipment;
  const ask = useCallback(
    (client: Client, signal: AbortSignal) =>
      Promise.all(batchIds.map((batchId) => client.get<Batch>(`/v1/batches/${encodeURIComponent(batchId)}`, signal))),
    [batchIds],
  );
  const sent = useAsked(ask);
  if (sent.state !== 'there') return <Waiting answer={sent} what="batches" />;
  return <Receipt siteId={siteId} shipmentId={shipment.shipmentId} sent={sent.value} done={done} />;
}

interface ReceiptProps {
  readonly siteId: string;
  readonly shipmentId: string;
  readonly sent: readonly Batch[];
  readonly done: () => void;
}

function Receipt({ siteId, shipmentId, sent, done }: ReceiptProps): ReactNode {
  const { client } = useSession();
  const [key] = useState(() => crypto.randomUUID());
  const [weighed, setWeighed] = useState<Readonly<Record<string, Weighed>>>(() => asSent(sent));
  const [sending, setSending] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const weigh = (batchId: string, change: Partial<Weighed>): void =>
    setWeighed({ ...weighed, [batchId]: { ...weighed[batchId]!, ...change } });
  const heavier = sent.filter(({ batchId, grossGrams }) => isHeavier(weighed[batchId]!.grossGrams, grossGrams));

  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setSending(true);
    setWrong(undefined);
    const batches = sent.map(({ batchId }) => ({
      batchId,
      grossGrams: Number(weighed[batchId]!.grossGrams),
      labels: Object.entries(weighed[batchId]!.labels).map(([labelId, condition]) => ({ labelId, condition })),
    }));
    try {
      const path = `/v1/sites/${encodeURIComponent(siteId)}/receipts`;
      await client.post(path, { shipmentId, batches }, { 'idempotency-key': key });
      done();
    } catch (error) {
      setWrong(error instanceof Problem ? `${error.message} (${error.code})` : (error as Error).message);
    } finally {
      setSending(false);
    }
  };

  return (
    <form onSubmit={(event) => void send(event)} aria-label={`Receive ${idOf(shipmentId)}`}>
      {sent.map(({ batchId, grossGrams, labels }) => (
        <fieldset key={batchId}>
          <legend>{idOf(batchId)}</legend>
          <label>
            Gross mass on arrival in grams, 0 if it did not arrive
            <input
              type="number"
              min={0}
              step={1}
              required
              value={weighed[batchId]!.grossGrams}
              onChange={({ target }) => weigh(batchId, { grossGrams: target.value })}
            />
          </label>
          <p className="quiet">It left with {massOf(grossGrams)}.</p>
          {labels.length === 0 && <p className="quiet">It was dispatched without a label.</p>}
          {labels.map(({ labelId, value, standard }) => (
            <label key={labelId}>
              Label {idOf(labelId)} <span className="quiet">{typeof value === 'string' ? value : standard}</span>
              <select
                value={weighed[batchId]!.labels[labelId]}
                onChange={({ target }) =>
                  weigh(batchId, {
                    labels: { ...weighed[batchId]!.labels, [labelId]: target.value as Condition },
                  })
                }
              >
                {CONDITIONS.map((condition) => (
                  <option key={condition}>{condition}</option>
                ))}
              </select>
            </label>
          ))}
        </fieldset>
      ))}
      {heavier.length > 0 && (
        <p role="status" className="wrong">
          {heavier.map(({ batchId }) => idOf(batchId)).join(', ')} would arrive heavier than it left: beyond what scales
          differ by, the ledger refuses that (heavier-than-dispatched).
        </p>
      )}
      {wrong !== undefined && (
        <p role="alert" className="wrong">
          {wrong}
        </p>
      )}
      <button type="submit" disabled={sending}>
        {sending ? 'Sending …' : 'Record the receipt'}
      </button>
    </form>
  );
}

function asSent(sent: readonly Batch[]): Record<string, Weighed> {
  return Object.fromEntries(
    sent.map(({ batchId, grossGrams, labels }) => [
      batchId,
      {
        grossGrams: String(grossGrams),
        labels: Object.fromEntries(labels.map(({ labelId }) => [labelId, 'intact' as const])),
      },
    ]),
  );
}

function isHeavier(given: string, sent: number): boolean {
  return Number(given) > sent;
}
