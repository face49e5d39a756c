import { LABEL_CARRIERS, MATERIAL_CODES, MINERALS, type Mineral } from '#custody';
import { CONDUCT_RISKS, ENVIRONMENT_CRITERIA, FACT_CRITERIA, LABOUR_RIGHTS } from '#attestation';
import { DOCUMENT_KINDS, monthsAfter, ObjectChecker, type FileProblem } from '#vocabulary';
import {
  BATTERY_CATEGORIES,
  CLAIMS,
  RULE_SUBJECTS,
  type Areas,
  type Claim,
  type Counts,
  type Programme,
  type Rule,
  type RuleScope,
} from './programme.js';
import { parseShare } from './share.js';

const EVIDENCE = ['attestations', 'findings'] as const;
const RECYCLED_CLASSES = ['post-consumer', 'manufacturing-waste'] as const;
const IDENTIFIER = /^[a-z0-9][a-z0-9.-]{0,63}$/;
const COUNTRY = /^[A-Z]{2}$/;
const NAME = /^\S(.{0,126}\S)?$/;
const URL_TEXT = /^https:\/\/\S+$/;

/**
 * Reads a programme from the JSON of its file (`docs/add-a-programme.md`). Dates are calendar days in UTC; a rule is in force
 * from the beginning of `from` to the beginning of `until`; `from` may depend on an act ({@link forceFrom}). Every problem is listed with its path.
 */
export function parseProgramme(json: unknown): { programme: Programme } | { problems: FileProblem[] } {
  const problems: FileProblem[] = [];
  const file = ObjectChecker.of(json, '', problems);
  if (file === undefined) return { problems };
  const programme = {
    id: file.matching('id', IDENTIFIER, 'must be lower-case letters, digits, dots and dashes, 64 at most'),
    version: file.matching('version', IDENTIFIER, 'must be lower-case letters, digits, dots and dashes, 64 at most'),
    title: file.text('title'),
    published: file.date('published'),
    source: file.matching('source', URL_TEXT, 'must be an https address'),
    rules: rulesOf(file, problems),
  };
  file.refuseUnknown();
  // Without a problem every field was read: each reader either returns its value or records why not.
  return problems.length > 0 ? { problems } : { programme: programme as Programme };
}

function rulesOf(file: ObjectChecker, problems: FileProblem[]): Rule[] | undefined {
  const rules = file.take('rules');
  if (!Array.isArray(rules) || rules.length === 0) return file.fail('rules', 'must be a list of rules, not empty');
  return rules.flatMap((value: unknown, index) => {
    const rule = ObjectChecker.of(value, `rules[${index}]`, problems);
    const claim = rule?.oneOf('claim', CLAIMS);
    // Which fields belong to a rule depends on its claim: without one, none can be called unknown.
    if (rule === undefined || claim === undefined) return [];
    const read = ruleOf(rule, claim, problems);
    rule.refuseUnknown();
    return [read];
  });
}

function ruleOf(rule: ObjectChecker, claim: Claim, problems: FileProblem[]): Rule {
  const citation = rule.text('citation');
  const begins = forceFrom(rule, problems);
  const from = begins?.from;
  const until = rule.has('until') ? rule.date('until') : undefined;
  if (from !== undefined && until !== undefined && until <= from) rule.fail('until', 'must be later than from');
  const scope = rule.has('scope') ? scopeOf(rule, problems) : undefined;
  return {
    claim,
    citation,
    ...begins,
    subject: rule.has('subject') ? rule.oneOf('subject', RULE_SUBJECTS) : 'batch',
    ...(until === undefined ? {} : { until }),
    ...(scope === undefined ? {} : { scope }),
    ...termsOf(rule, claim, problems),
  } as Rule;
}

/**
 * A date, or a date and an act of which the later counts: `{ "date", "or": { "act", "entered"?, "months" }, "whichever":
 * "later" }`. `entered`: the day on which the act entered into force, once it has.
 */
function forceFrom(rule: ObjectChecker, problems: FileProblem[]): Pick<Rule, 'from' | 'awaits'> | undefined {
  const value = rule.take('from');
  if (typeof value !== 'object' || value === null) {
    const from = rule.date('from');
    return from === undefined ? undefined : { from };
  }
  const begins = ObjectChecker.of(value, rule.at('from'), problems);
  const or = begins && ObjectChecker.of(begins.take('or'), begins.at('or'), problems);
  if (begins === undefined || or === undefined) return undefined;
  const date = begins.date('date');
  begins.oneOf('whichever', ['later']);
  const act = or.text('act');
  const months = or.months('months');
  const entered = or.has('entered') ? or.date('entered') : undefined;
  or.refuseUnknown();
  begins.refuseUnknown();
  if (date === undefined || act === undefined || months === undefined) return undefined;
  if (entered === undefined) return { from: date, awaits: { act, months } };
  const due = monthsAfter(entered, months);
  return { from: due > date ? due : date };
}

function scopeOf(rule: ObjectChecker, problems: FileProblem[]): RuleScope | undefined {
  const scope = ObjectChecker.of(rule.take('scope'), rule.at('scope'), problems);
  if (scope === undefined) return undefined;
  const read = {
    ...(scope.has('minerals') ? { minerals: scope.listOf('minerals', MINERALS, 'mineral') } : {}),
    ...(scope.has('naturalGraphiteOnly') && scope.flag('naturalGraphiteOnly') === true
      ? { naturalGraphiteOnly: true as const }
      : {}),
    ...(scope.has('materials') ? { materials: scope.listOf('materials', MATERIAL_CODES, 'material') } : {}),
    ...(scope.has('batteryCategories')
      ? { batteryCategories: scope.listOf('batteryCategories', BATTERY_CATEGORIES, 'battery category') }
      : {}),
    ...(scope.has('industrialOverWh') ? { industrialOverWh: wattHoursOf(scope) } : {}),
    ...(scope.has('firstLifeOnly') && scope.flag('firstLifeOnly') === true ? { firstLifeOnly: true as const } : {}),
  };
  scope.refuseUnknown();
  return read as RuleScope;
}

/** The fields that belong to one claim. */
function termsOf(rule: ObjectChecker, claim: Claim, problems: FileProblem[]): object {
  switch (claim) {
    case 'recycled-content': {
      const thresholds = thresholdsOf(rule, problems);
      const noThreshold = rule.has('noThreshold') ? rule.listOf('noThreshold', MINERALS, 'mineral') : undefined;
      for (const mineral of noThreshold ?? [])
        if (thresholds?.[mineral] !== undefined) rule.fail('noThreshold', `names ${mineral}, which has a threshold`);
      return {
        thresholds,
        ...(noThreshold === undefined ? {} : { noThreshold }),
        counts: countsOf(rule, problems),
        ...vouchedOf(rule),
      };
    }
    case 'recycled-declared':
      return {
        minerals: rule.listOf('minerals', MINERALS, 'mineral'),
        counts: countsOf(rule, problems),
        ...vouchedOf(rule),
      };
    case 'labelling':
      return {
        on: rule.oneOf('on', ['chain', 'batch']),
        acceptedStandards: rule.texts('acceptedStandards', NAME, 'label standard'),
        ...(rule.has('carriers') ? { carriers: rule.listOf('carriers', LABEL_CARRIERS, 'label carrier') } : {}),
      };
    case 'labour':
      return {
        rights: rule.listOf('rights', LABOUR_RIGHTS, 'labour right'),
        evidence: rule.oneOf('evidence', EVIDENCE),
        ...sitesInOf(rule, problems),
      };
    case 'environment':
      return {
        criteria: rule.listOf('criteria', ENVIRONMENT_CRITERIA, 'environmental criterion'),
        ...sitesInOf(rule, problems),
      };
    case 'conduct':
      return {
        risks: rule.listOf('risks', CONDUCT_RISKS, 'risk of conduct'),
        evidence: rule.oneOf('evidence', EVIDENCE),
        ...sitesInOf(rule, problems),
      };
    case 'documented':
      return { document: rule.oneOf('document', DOCUMENT_KINDS) };
    case 'origin':
      return {
        minerals: rule.listOf('minerals', MINERALS, 'mineral'),
        countries: rule.texts('countries', COUNTRY, 'ISO 3166-1 alpha-2 country'),
        ...(rule.has('processed') && rule.flag('processed') === true ? { processed: true as const } : {}),
        ...(rule.has('recycledCountries')
          ? { recycledCountries: rule.texts('recycledCountries', COUNTRY, 'ISO 3166-1 alpha-2 country') }
          : {}),
        threshold: shareOf(rule, 'threshold'),
        ...vouchedOf(rule),
      };
    case 'trade-terms':
      return { parties: partiesOf(rule), ...vouchedOf(rule) };
    case 'control':
      return {
        countries: rule.texts('countries', COUNTRY, 'ISO 3166-1 alpha-2 country'),
        share: shareOf(rule, 'share'),
      };
    case 'custody':
    case 'mass-balance':
    case 'chain-of-custody':
      return {};
  }
}

function wattHoursOf(scope: ObjectChecker): number | undefined {
  const value = scope.take('industrialOverWh');
  const isWhole = typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
  return isWhole ? value : scope.fail('industrialOverWh', 'must be whole watt-hours, more than 0');
}

function sitesInOf(rule: ObjectChecker, problems: FileProblem[]): { sitesIn?: Areas } {
  if (!rule.has('sitesIn')) return {};
  const areas = ObjectChecker.of(rule.take('sitesIn'), rule.at('sitesIn'), problems);
  if (areas === undefined) return {};
  const read = {
    title: areas.text('title'),
    source: areas.matching('source', URL_TEXT, 'must be an https address'),
    asOf: areas.date('asOf'),
    countries: areas.texts('countries', COUNTRY, 'ISO 3166-1 alpha-2 country'),
  };
  areas.refuseUnknown();
  return { sitesIn: read as Areas };
}

function vouchedOf(rule: ObjectChecker): object {
  return rule.has('vouched') ? { vouched: rule.listOf('vouched', FACT_CRITERIA, 'criterion that is a fact') } : {};
}

function countsOf(rule: ObjectChecker, problems: FileProblem[]): Counts | undefined {
  const counts = ObjectChecker.of(rule.take('counts'), rule.at('counts'), problems);
  if (counts === undefined) return undefined;
  const read = {
    classes: counts.listOf('classes', RECYCLED_CLASSES, 'class that may be recycled'),
    manufacturingWaste: counts.oneOf('manufacturingWaste', ['any', 'battery']),
    ownWaste: counts.flag('ownWaste'),
    returned: counts.flag('returned'),
    ...(counts.has('recovered') && counts.flag('recovered') === true ? { recovered: true as const } : {}),
  };
  counts.refuseUnknown();
  return read as Counts;
}

function thresholdsOf(rule: ObjectChecker, problems: FileProblem[]): Partial<Record<Mineral, string>> | undefined {
  const thresholds = ObjectChecker.of(rule.take('thresholds'), rule.at('thresholds'), problems);
  if (thresholds === undefined) return undefined;
  const read: Partial<Record<Mineral, string>> = {};
  for (const mineral of MINERALS) {
    const share = thresholds.has(mineral) ? shareOf(thresholds, mineral) : undefined;
    if (share !== undefined) read[mineral] = share;
  }
  thresholds.refuseUnknown();
  if (!MINERALS.some((mineral) => thresholds.has(mineral))) rule.fail('thresholds', 'must name at least one mineral');
  return read;
}

function shareOf(checker: ObjectChecker, field: string): string | undefined {
  const value = checker.take(field);
  if (typeof value === 'string' && parseShare(value) !== undefined) return value;
  return checker.fail(field, 'must be a decimal string from 0 to 1 with at most 6 places');
}

function partiesOf(rule: ObjectChecker): string[] | undefined {
  const parties = rule.texts('parties', COUNTRY, 'ISO 3166-1 alpha-2 country');
  return parties !== undefined && parties.length < 2 ? rule.fail('parties', 'must name at least two') : parties;
}
