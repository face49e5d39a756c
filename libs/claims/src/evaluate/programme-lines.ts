import { UNNAMED_CATEGORY, type BatteryCategory, type Programme, type Rule } from '../programmes/index.js';
import { type Subject } from './verdict.types.js';

/** One line of an answer before it is judged: a subject under the rule that decides it. */
export interface ProgrammeLine extends Subject {
  readonly rule: Rule;
  /** `undetermined`: it is in force if an act that the programme does not know of has been adopted. */
  readonly force: 'in-force' | 'undetermined' | 'not-in-force';
  /** By the battery's category and the minerals that the law names; the batch itself is examined later. */
  readonly inScope: boolean;
}

/**
 * The lines of a programme under the law of a moment, in the order of its rules. Rules on the same subject (claim, and mineral or right)
 * follow each other in time or divide the battery categories: of those for this category the ones in force make a line
 * each; when none is, those that await an act; else the next to come into force, else the last that lapsed, stands for the subject. Rules on labels ask
 * for different labels and are lines of their own.
 */
export function linesOf(
  programme: Programme,
  rulesAt: string,
  category: BatteryCategory | undefined,
): readonly ProgrammeLine[] {
  let known = KNOWN_LINES.get(programme);
  if (known === undefined) KNOWN_LINES.set(programme, (known = new Map<string, readonly ProgrammeLine[]>()));
  const key = `${changesUpTo(programme, rulesAt)} ${category ?? ''}`;
  let lines = known.get(key);
  if (lines === undefined) known.set(key, (lines = linesAt(programme, rulesAt, category)));
  return lines;
}

/** By how many changes of the law have come, and the category: a programme has no more of either than its text says. */
const KNOWN_LINES = new WeakMap<Programme, Map<string, readonly ProgrammeLine[]>>();

/** How many beginnings and ends of rules have come: between two of them the law stays the same. */
function changesUpTo({ rules }: Programme, rulesAt: string): number {
  let changes = 0;
  for (const { from, until } of rules) {
    if (from <= rulesAt) changes++;
    if (until !== undefined && until <= rulesAt) changes++;
  }
  return changes;
}

function linesAt(programme: Programme, rulesAt: string, category: BatteryCategory | undefined): ProgrammeLine[] {
  const groups = new Map<string, ProgrammeLine[]>();
  programme.rules.forEach((rule, index) => {
    const force = forceAt(rule, rulesAt);
    for (const { regulated, ...subject } of subjectsOf(rule)) {
      const line = { ...subject, rule, force, inScope: regulated && concernsCategory(rule, category) };
      const own = rule.claim === 'labelling' ? index : '';
      // A rule for some sites only has a line beside that of a rule for all.
      const areas = 'sitesIn' in rule ? rule.sitesIn?.title : undefined;
      const key = JSON.stringify([subject.claim, subject.mineral, subject.right, subject.document, own, areas]);
      groups.set(key, [...(groups.get(key) ?? []), line]);
    }
  });
  return [...groups.values()].flatMap((group) => decisive(group, rulesAt));
}

function forceAt({ from, until, awaits }: Rule, rulesAt: string): ProgrammeLine['force'] {
  if (rulesAt < from || (until !== undefined && rulesAt >= until)) return 'not-in-force';
  return awaits === undefined ? 'in-force' : 'undetermined';
}

function decisive(group: readonly ProgrammeLine[], rulesAt: string): ProgrammeLine[] {
  const applicable = group.some(({ inScope }) => inScope) ? group.filter(({ inScope }) => inScope) : group;
  for (const force of ['in-force', 'undetermined'] as const) {
    const lines = applicable.filter((line) => line.force === force);
    if (lines.length > 0) return lines;
  }
  const ahead = applicable.filter(({ rule }) => rule.from > rulesAt);
  const byDate = (ahead.length > 0 ? ahead : applicable).toSorted((a, b) => (a.rule.from < b.rule.from ? -1 : 1));
  const chosen = ahead.length > 0 ? byDate[0] : byDate.at(-1);
  return chosen === undefined ? [] : [chosen];
}

/** What a rule is about: a subject for each of its minerals or rights, or one. */
export function subjectsOf(rule: Rule): (Subject & { regulated: boolean })[] {
  const { claim } = rule;
  switch (rule.claim) {
    case 'recycled-content': {
      const minerals = Object.keys(rule.thresholds) as (keyof typeof rule.thresholds)[];
      return [
        ...minerals.map((mineral) => ({ claim, mineral, regulated: true })),
        ...(rule.noThreshold ?? []).map((mineral) => ({ claim, mineral, regulated: false })),
      ];
    }
    case 'recycled-declared':
      return rule.minerals.map((mineral) => ({ claim, mineral, regulated: true }));
    case 'labour':
      return rule.rights.map((right) => ({ claim, right, regulated: true }));
    case 'environment':
      return rule.criteria.map((right) => ({ claim, right, regulated: true }));
    case 'conduct':
      return rule.risks.map((right) => ({ claim, right, regulated: true }));
    case 'documented':
      return [{ claim, document: rule.document, regulated: true }];
    case 'labelling':
    case 'custody':
    case 'mass-balance':
    case 'chain-of-custody':
    case 'origin':
    case 'trade-terms':
    case 'control':
      return [{ claim, regulated: true }];
  }
}

function concernsCategory({ scope }: Rule, category: BatteryCategory | undefined): boolean {
  const asked = category === undefined ? UNNAMED_CATEGORY : [category];
  return scope?.batteryCategories === undefined || asked.some((each) => scope.batteryCategories?.includes(each));
}
