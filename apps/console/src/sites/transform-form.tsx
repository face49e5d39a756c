import { useState, type FormEvent, type ReactNode } from 'react';
import { CUSTODY_MODELS, MATERIALS, MINERALS, PROCESSES, type Mineral } from '#custody';
import { type Batch, type Site } from '../api/answers.js';
import { Problem } from '../api/client.js';
import { idOf, massOf, wordsOf } from '../format/format.js';
import { useSession } from '../session/session.js';
import { balanceOf, refusalOf, type Transformation } from './trial.js';

interface Output {
  readonly batchId: string;
  readonly material: string;
  readonly grossGrams: string;
  readonly content: Readonly<Partial<Record<Mineral, string>>>;
}
const NO_OUTPUT: Output = { batchId: '', material: 'black-mass', grossGrams: '', content: {} };

interface TransformFormProps {
  readonly site: Site;
  readonly holdings: readonly Batch[];
  readonly done: () => void;
}

/** Form for a transformation: shows its mass balance and what the ledger would refuse before anything is sent. */
export function TransformForm({ site, holdings, done }: TransformFormProps): ReactNode {
  const { client } = useSession();
  const [key, setKey] = useState(() => crypto.randomUUID());
  const [transformationId, setId] = useState('');
  const [process, setProcess] = useState('refining');
  const [model, setModel] = useState<string>(CUSTODY_MODELS[0]);
  const [used, setUsed] = useState<Readonly<Record<string, string>>>({});
  const [outputs, setOutputs] = useState<readonly Output[]>([NO_OUTPUT]);
  const [reagent, setReagent] = useState('');
  const [said, setSaid] = useState<string>();
  const [sending, setSending] = useState(false);

  const body = bodyOf({ transformationId, process, model, used, outputs, reagent });
  const isBegun = body.inputs.length > 0;
  const refused = isBegun ? refusalOf(site, holdings, body) : undefined;
  const change = (index: number, field: Partial<Output>): void =>
    setOutputs(outputs.map((output, at) => (at === index ? { ...output, ...field } : output)));

  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setSending(true);
    try {
      const path = `/v1/sites/${encodeURIComponent(site.siteId)}/transformations`;
      await client.post(path, body, { 'idempotency-key': key });
      setSaid(`${transformationId} is recorded.`);
      setKey(crypto.randomUUID());
      setUsed({});
      setOutputs([NO_OUTPUT]);
      done();
    } catch (error) {
      setSaid(error instanceof Problem ? `${error.message} (${error.code})` : (error as Error).message);
    } finally {
      setSending(false);
    }
  };

  return (
    <form className="panel" aria-label="Transformation" onSubmit={(event) => void send(event)}>
      <div className="fields-row">
        <label>
          Id of the transformation
          <input required value={transformationId} onChange={({ target }) => setId(target.value)} />
        </label>
        <Choice title="Process" value={process} options={[...PROCESSES.keys()]} choose={setProcess} />
        <Choice title="Chain-of-custody model" value={model} options={CUSTODY_MODELS} choose={setModel} />
      </div>
      <fieldset>
        <legend>Inputs, grams</legend>
        <div className="fields-row">
          {holdings.map(({ batchId, grossGrams, held }) => (
            <label key={batchId}>
              {idOf(batchId)} <span className="quiet">of {massOf(grossGrams)}</span>
              {held && <span className="tag">held</span>}
              <Grams value={used[batchId] ?? ''} give={(grams) => setUsed({ ...used, [batchId]: grams })} />
            </label>
          ))}
          <label>
            Reagents without tracked minerals
            <Grams value={reagent} give={setReagent} />
          </label>
        </div>
      </fieldset>
      {outputs.map((output, index) => (
        <fieldset key={index}>
          <legend>Output batch {index + 1}</legend>
          <div className="fields-row">
            <label>
              Batch id
              <input
                required
                value={output.batchId}
                onChange={({ target }) => change(index, { batchId: target.value })}
              />
            </label>
            <Choice
              title="Material"
              value={output.material}
              options={[...MATERIALS.keys()]}
              choose={(material) => change(index, { material })}
            />
            <label>
              Gross, grams
              <Grams value={output.grossGrams} give={(grossGrams) => change(index, { grossGrams })} />
            </label>
            {MINERALS.map((mineral) => (
              <label key={mineral}>
                {mineral}, grams
                <Grams
                  value={output.content[mineral] ?? ''}
                  give={(grams) => change(index, { content: { ...output.content, [mineral]: grams } })}
                />
              </label>
            ))}
          </div>
        </fieldset>
      ))}
      <button type="button" className="quiet" onClick={() => setOutputs([...outputs, NO_OUTPUT])}>
        Add an output batch
      </button>
      {isBegun && <BalanceTable body={body} holdings={holdings} />}
      <p role="status" className={refused ? 'wrong' : 'quiet'}>
        {!isBegun
          ? 'Enter the inputs: the mass balance, and what the ledger would refuse, are shown before anything is sent.'
          : refused
            ? `The ledger would refuse this: ${refused.detail} (${refused.code})`
            : 'The ledger would accept this, provided that its ids are not taken.'}
      </p>
      {said !== undefined && <p role="alert">{said}</p>}
      <button type="submit" disabled={sending || !isBegun || refused !== undefined}>
        {sending ? 'Sending …' : 'Record the transformation'}
      </button>
    </form>
  );
}

function BalanceTable({ body, holdings }: { body: Transformation; holdings: readonly Batch[] }): ReactNode {
  const { rows, isContentUnknown } = balanceOf(body, holdings);
  return (
    <table className="balance">
      <caption>Balance{isContentUnknown && ': the content of an input is not known'}</caption>
      <thead>
        <tr>
          <th scope="col">Of</th>
          <th scope="col" className="number">
            In
          </th>
          <th scope="col" className="number">
            Out
          </th>
          <th scope="col" className="number">
            Difference
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ of, gramsIn, gramsOut }) => (
          <tr key={of}>
            <th scope="row">{of}</th>
            <td className="number">{massOf(gramsIn)}</td>
            <td className="number">{massOf(gramsOut)}</td>
            <td className={gramsOut > gramsIn ? 'number broken' : 'number'}>
              {gramsOut > gramsIn ? `${massOf(gramsOut - gramsIn)} too much` : massOf(gramsIn - gramsOut)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Grams({ value, give }: { value: string; give: (grams: string) => void }): ReactNode {
  return <input type="number" min={0} step={1} value={value} onChange={({ target }) => give(target.value)} />;
}

interface ChoiceProps {
  readonly title: string;
  readonly value: string;
  readonly options: readonly string[];
  readonly choose: (value: string) => void;
}

function Choice({ title, value, options, choose }: ChoiceProps): ReactNode {
  return (
    <label>
      {title}
      <select value={value} onChange={({ target }) => choose(target.value)}>
        {options.map((option) => (
          <option key={option} value={option}>
            {wordsOf(option)}
          </option>
        ))}
      </select>
    </label>
  );
}

interface Written {
  readonly transformationId: string;
  readonly process: string;
  readonly model: string;
  readonly used: Readonly<Record<string, string>>;
  readonly outputs: readonly Output[];
  readonly reagent: string;
}

function bodyOf({ transformationId, process, model, used, outputs, reagent }: Written): Transformation {
  const inputs = Object.entries(used)
    .filter(([, grams]) => Number(grams) > 0)
    .map(([batchId, grams]) => ({ batchId, grossGrams: Number(grams) }));
  const made = outputs.map(({ batchId, material, grossGrams, content }) => ({
    batchId,
    material,
    grossGrams: Number(grossGrams),
    contentGrams: Object.fromEntries(
      Object.entries(content).flatMap(([mineral, grams]) => (Number(grams) > 0 ? [[mineral, Number(grams)]] : [])),
    ),
  }));
  return {
    transformationId,
    process,
    chainOfCustody: model,
    inputs,
    outputs: made,
    ...(Number(reagent) > 0 && { reagentGrams: Number(reagent) }),
  } as Transformation;
}
