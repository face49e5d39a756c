/**
 * Fields whose ids make nothing wait: sites and organisations are there before any other line is sent, and a product is
 * the maker's own name, which no command looks up.
 */
const NO_ORDER = /^(siteId|.*SiteId|organisationId|.*OrganisationId|productId)$/;

/**
 * Every id that a command's body names: in fields whose names end in `Id` or `Ids`, wherever they are.
 * @param registryToo whether those of sites and organisations count
 */
export function idsNamedIn(body: unknown, registryToo: boolean): string[] {
  const ids = new Set<string>();
  const left: unknown[] = [body];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, field] of Object.entries(value)) {
      const named: unknown[] = Array.isArray(field) ? field : [field];
      if (!/Ids?$/.test(name) || (!registryToo && NO_ORDER.test(name))) left.push(...named);
      else for (const id of named) if (typeof id === 'string') ids.add(id);
    }
  }
  return [...ids];
}
