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

/** Grams that go in and come out: gross, and of each mineral. */
interface Balance {
  readonly rows: readonly { readonly of: 'gross' | Mineral; readonly gramsIn: number; readonly gramsOut: number }[];
  /** What an input contains is not known: the balance of minerals is not, either. */
  readonly isContentUnknown: boolean;
}

/**
 * What the ledger would refuse of a transformation, by its own decider on what the site holds; undefined: nothing that can be
 * told from here. Whether an id is taken elsewhere, only the ledger knows.
 */
export function refusalOf(site: Site, holdings: readonly Batch[], body: Transformation): Refusal | undefined {
  const now = new Date().toISOString();
  const command = { kind: 'transformations', body } as const;
  const moment = { occurredAt: now, now, authority: site.organisationId };
  const decision = decideAtSite(command, accountOf(site, holdings), noFacts(), moment);
  return decision.accepted ? undefined : decision.refusal;
}

/** The account as the holdings tell it. When a batch arrived they do not: it may be acted on from the site's opening on. */
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

/** As the ledger takes content from a batch of which a part is used: in proportion, whole grams. */
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
