/**
 * Whether an event's data has what the fold reads of it. Commands guarantee it; a bundle from outside or a correction from
 * an earlier version does not, and the fold must not throw on either. Fields that the fold does not read are not looked at.
 */
import {
  COUNTRY_PATTERN,
  CUSTODY_MODELS,
  LABEL_CARRIERS,
  LABEL_CONDITIONS,
  MAX_CONTENT_GRAMS,
  MINERALS,
  ORIGIN_KINDS,
  isWithheld,
  type ContentGrams,
} from '#custody';

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const isText: Check = (value) => typeof value === 'string';
export const isFlag: Check = (value) => typeof value === 'boolean';
export const isGrams: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
export const isCountry: Check = (value) => typeof value === 'string' && COUNTRY_PATTERN.test(value);
export const isMineral = isOneOf(MINERALS);
export const isCustodyModel = isOneOf(CUSTODY_MODELS);
export const isCarrier = isOneOf(LABEL_CARRIERS);
export const isCondition = isOneOf(LABEL_CONDITIONS);
export const isOriginKind = isOneOf(ORIGIN_KINDS);

const isContentGrams: Check = (value) => isGrams(value) && (value as number) <= MAX_CONTENT_GRAMS;
export const isContent = (value: unknown): value is ContentGrams =>
  isRecord(value) && MINERALS.every((mineral) => value[mineral] === undefined || isContentGrams(value[mineral]));

function isOneOf(values: readonly string[]): Check {
  return (value) => typeof value === 'string' && values.includes(value);
}

/** @param check of the value when it is not withheld */
export function withholdable(check: Check): Check {
  return (value) => isWithheld(value) || check(value);
}

export function optional(check: Check): Check {
  return (value) => value === undefined || check(value);
}

export function listOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.every(check);
}

/** An object whose named fields pass; written without per-event allocation, since every event of a replay comes by. */
export function recordOf(checks: Readonly<Record<string, Check>>): Check {
  const fields = Object.entries(checks);
  return (value) => {
    if (!isRecord(value)) return false;
    for (const [field, check] of fields) {
      if (!check(value[field])) return false;
    }
    return true;
  };
}
