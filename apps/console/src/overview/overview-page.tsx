import { type ReactNode } from 'react';
import { type Overview, type VerdictWord } from '../api/answers.js';
import { useProgrammes } from '../api/programmes.js';
import { useAnswer } from '../api/use-answer.js';
import { titleOf, VERDICTS, WORST_FIRST } from '../batch/verdict-words.js';
import { Waiting } from '../page/waiting.js';
import { go } from '../routing/use-route.js';
import { ScrollingTable } from '../page/scrolling-table.js';

export function OverviewPage({ programme }: { programme: string | undefined }): ReactNode {
  const programmes = useProgrammes();
  const chosen = programme ?? (programmes.state === 'there' ? programmes.value.at(-1)?.id : undefined);
  const overview = useAnswer<Overview>(
    chosen === undefined ? undefined : `/v1/programmes/${encodeURIComponent(chosen)}/overview`,
  );
  return (
    <>
      <h1>Overview</h1>
      {programmes.state === 'there' ? (
        <p>
          <label htmlFor="programme">Programme </label>
          <select
            id="programme"
            value={chosen}
            onChange={({ target }) => go({ page: 'overview', programme: target.value })}
          >
            {programmes.value.map(({ id, title }) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </select>
        </p>
      ) : (
        <Waiting answer={programmes} what="programmes" />
      )}
      {overview.state === 'there' ? (
        <Counts overview={overview.value} />
      ) : (
        <Waiting answer={overview} what="overview" />
      )}
    </>
  );
}

function Counts({ overview: { verdicts, claims, judgedUpTo } }: { overview: Overview }): ReactNode {
  const seen = WORST_FIRST.filter((verdict) => claims.some((claim) => claim.verdicts[verdict]) || verdicts[verdict]);
  return (
    <>
      <p className="quiet">Batches visible to you, judged up to event {judgedUpTo.toLocaleString()} of the log.</p>
      <ScrollingTable
        name="Verdicts"
        columns={['Claim', ...seen.map((verdict) => ({ heading: VERDICTS[verdict].word, as: 'number' as const }))]}
      >
        <Row title="The whole programme" verdicts={verdicts} seen={seen} />
        {claims.map((claim) => (
          <Row key={titleOf(claim)} title={titleOf(claim)} verdicts={claim.verdicts} seen={seen} />
        ))}
      </ScrollingTable>
    </>
  );
}

interface RowProps {
  readonly title: string;
  readonly verdicts: Readonly<Partial<Record<VerdictWord, number>>>;
  readonly seen: readonly VerdictWord[];
}

function Row({ title, verdicts, seen }: RowProps): ReactNode {
  return (
    <tr>
      <th scope="row">{title}</th>
      {seen.map((verdict) => (
        <td key={verdict} className={`number ${verdicts[verdict] ? verdict : 'none'}`}>
          {(verdicts[verdict] ?? 0).toLocaleString()}
        </td>
      ))}
    </tr>
  );
}
