import {
  decideAtSite,
  initialAccount,
  MINERALS,
  noFacts,
  takeContent,
  type ContentGrams,
  type Mineral,
  type Refusal,
  type SiteAccount,
  type SiteCommand,
} from '#custody';
import { type Batch, type Site } from '../api/answers.js';

export type Transformation = SiteCommand<'transformations'>['body'];

/** Input and output masses in grams: gross, and for each mineral. */
interface Balance {
  readonly rows: readonly { readonly of: 'gross' | Mineral; readonly gramsIn: number; readonly gramsOut: number }[];
  /** The content of an input is not known, so neither is the balance of minerals. */
  readonly isContentUnknown: boolean;
}

/**
 * The ledger's refusal of a transformation, decided by its own decider on the holdings of the site; undefined if nothing
 * visible here speaks against it. Only the ledger knows whether an id is taken elsewhere.
 */
export function refusalOf(site: Site, holdings: readonly Batch[], body: Transformation): Refusal | undefined {
  const now = new Date().toISOString();
  const command = { kind: 'transformations', body } as const;
  const moment = { occurredAt: now, now, authority: site.organisationId };
  const decision = decideAtSite(command, accountOf(site, holdings), noFacts(), moment);
  return decision.accepted ? undefined : decision.refusal;
}

/**
 * The account rebuilt from the holdings. They do not say when a batch arrived, so it counts as there since the site was
 * opened.
 */
function accountOf(
  { siteId, organisationId, country, activities, openedAt, hold }: Site,
  holdings: readonly Batch[],
): SiteAccount {
  const account = initialAccount();
  const batches = holdings.map(({ batchId, material, grossGrams, contentGrams, held, labels }) => {
    const on = new Map(labels.map(({ labelId }) => [labelId, openedAt]));
    const by = held ? { heldBy: { authority: 'an authority', since: openedAt } } : {};
    return [batchId, { material, grossGrams, contentGrams, arrivedAt: openedAt, labels: on, ...by }] as const;
  });
  return {
    ...account,
    siteId,
    organisationId,
    country,
    activities,
    openedAt,
    batches: new Map(batches),
    ...(hold !== undefined && { heldBy: { authority: 'an authority', since: openedAt } }),
    revision: 0n,
  };
}

/** Content is taken from a partly used batch as the ledger does it: in proportion, in whole grams. */
export function balanceOf({ inputs, outputs, reagentGrams = 0 }: Transformation, holdings: readonly Batch[]): Balance {
  const byId = new Map(holdings.map((batch) => [batch.batchId, batch]));
  const taken = inputs.map(({ batchId, grossGrams }): ContentGrams => {
    const batch = byId.get(batchId);
    if (batch === undefined || batch.grossGrams === 0) return {};
    return takeContent(batch.contentGrams, Math.min(grossGrams, batch.grossGrams), batch.grossGrams).taken;
  });
  const sum = (grams: readonly (number | undefined)[]): number =>
    grams.reduce<number>((all, each) => all + (each ?? 0), 0);
  const minerals = MINERALS.map((of) => ({
    of,
    gramsIn: sum(taken.map((content) => content[of])),
    gramsOut: sum(outputs.map(({ contentGrams }) => contentGrams[of])),
  }));
  const gross = {
    of: 'gross' as const,
    gramsIn: sum(inputs.map(({ grossGrams }) => grossGrams)) + reagentGrams,
    gramsOut: sum(outputs.map(({ grossGrams }) => grossGrams)),
  };
  return {
    rows: [gross, ...minerals.filter(({ gramsIn, gramsOut }) => gramsIn > 0 || gramsOut > 0)],
    isContentUnknown: inputs.some(({ batchId }) => byId.get(batchId)?.contentKnown === false),
  };
}
