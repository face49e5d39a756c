import { type ControlKind } from '../terms.js';

/** What was declared of the control of an organisation: from `from` on, until a later declaration of the same tie. */
export interface DeclaredControl {
  readonly kind: ControlKind;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  /** Decimal string, 0 to 1. */
  readonly share: string;
  /** Organisation of the ledger that has it. */
  readonly controller?: string;
  /** RFC 3339 UTC with milliseconds. */
  readonly from: string;
}

/**
 * From this share on, equity, votes or seats of a board give control: the least that is presumed to in the definition of a
 * foreign entity of concern (89 Fed. Reg. 37079, 6 May 2024) and of a beneficial owner (Directive (EU) 2015/849, Art. 3(6)).
 */
export const CONTROLLING_SHARE = 0.25;

/**
 * What holds at a moment: of each tie (kind, country and controller) the declaration that begins last by then, and of two
 * that begin at once the one recorded later. A share of 0 ends it.
 * @param declared in the order recorded
 */
export function controlAt<D extends DeclaredControl>(declared: readonly D[], at: string): D[] {
  const ties = new Map<string, D>();
  for (const each of declared) {
    if (each.from > at) continue;
    const key = tieOf(each);
    const before = ties.get(key);
    if (before === undefined || before.from <= each.from) ties.set(key, each);
  }
  return [...ties.values()].filter(({ share }) => Number(share) > 0);
}

/** Two declarations of one tie speak of the same thing: the later takes the place of the earlier. */
export function tieOf({ kind, country, controller = '' }: DeclaredControl): string {
  return `${kind} ${country} ${controller}`;
}

/**
 * Organisations of the ledger that control one at a moment, by what it has declared.
 * Jurisdiction is a state's, and no state is one of them.
 */
export function controllersAt(declared: readonly DeclaredControl[], at: string): Set<string> {
  const controllers = new Set<string>();
  for (const { kind, share, controller } of controlAt(declared, at)) {
    if (controller === undefined || kind === 'jurisdiction') continue;
    if (kind === 'licence' || Number(share) >= CONTROLLING_SHARE) controllers.add(controller);
  }
  return controllers;
}

/**
 * Whether two organisations are one, one controls the other, or somebody controls both, directly or through others.
 * @param controlOf what each organisation has declared, in the order recorded
 */
export function underCommonControl(
  one: string,
  other: string,
  controlOf: (organisationId: string) => readonly DeclaredControl[],
  at: string,
): boolean {
  const above = withControllers(one, controlOf, at);
  return [...withControllers(other, controlOf, at)].some((organisationId) => above.has(organisationId));
}

/** The organisation and all that control it. Control may be circular. */
export function withControllers(
  organisationId: string,
  controlOf: (organisationId: string) => readonly DeclaredControl[],
  at: string,
): Set<string> {
  const found = new Set([organisationId]);
  // A set is walked to its end, also through what is added meanwhile.
  for (const each of found) for (const controller of controllersAt(controlOf(each), at)) found.add(controller);
  return found;
}
