/** Fields whose ids no line waits for: sites and organisations are recorded before any other line is sent. */
const REGISTRY = /^(siteId|.*SiteId|organisationId|.*OrganisationId)$/;
/** Fields that name ids. */
const NAMING = /(Ids?|^products)$/;

/**
 * Every id that a command's body names, wherever it is.
 * @param counts.registry whether those of sites and organisations count
 * @param counts.product whether `productId` counts: in a consumption it is the maker's own name, which no command looks
 * up
 */
export function idsNamedIn(body: unknown, counts: { readonly registry: boolean; readonly product: boolean }): string[] {
  const isNaming = (name: string): boolean =>
    NAMING.test(name) && (counts.registry || !REGISTRY.test(name)) && (counts.product || name !== 'productId');
  const ids = new Set<string>();
  const left: unknown[] = [body];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, field] of Object.entries(value)) {
      const named: unknown[] = Array.isArray(field) ? field : [field];
      if (!isNaming(name)) left.push(...named);
      else for (const id of named) if (typeof id === 'string') ids.add(id);
    }
  }
  return [...ids];
}
