import { type ReactNode } from 'react';
import { type Page, type Site } from '../api/answers.js';
import { useAnswer } from '../api/use-answer.js';
import { countryOf, idOf, wordsOf } from '../format/format.js';
import { Waiting } from '../page/waiting.js';
import { formatRoute } from '../routing/routes.js';
import { ScrollingTable } from '../page/scrolling-table.js';

/** The sites disclosed to the reader by name, optionally of one organisation. */
export function SitesPage({ organisationId }: { organisationId: string | undefined }): ReactNode {
  const of = organisationId === undefined ? '' : `&organisation=${encodeURIComponent(organisationId)}`;
  const answer = useAnswer<Page<Site>>(`/v1/sites?limit=500${of}`);
  return (
    <>
      <h1>{organisationId === undefined ? 'Sites' : `Sites of ${idOf(organisationId)}`}</h1>
      {answer.state === 'there' ? <SiteTable sites={answer.value.items} /> : <Waiting answer={answer} what="sites" />}
    </>
  );
}

function SiteTable({ sites }: { sites: readonly Site[] }): ReactNode {
  if (sites.length === 0) {
    return (
      <p className="panel">
        No sites are disclosed to you by name. Your organisation’s sites appear once they are opened.
      </p>
    );
  }
  return (
    <ScrollingTable name="Sites" columns={['Site', 'Name', 'Country', 'Organisation', 'Activities']}>
      {sites.map(({ siteId, name, country, organisationId, activities }) => (
        <tr key={siteId}>
          <th scope="row">
            <a href={formatRoute({ page: 'site', siteId })}>{idOf(siteId)}</a>
          </th>
          <td>{typeof name === 'string' ? name : 'withheld'}</td>
          <td>{countryOf(country)}</td>
          <td>{idOf(organisationId)}</td>
          <td>{activities.map(wordsOf).join(', ')}</td>
        </tr>
      ))}
    </ScrollingTable>
  );
}
