import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { ACCESS_ROLES, CAPABILITIES, isRole, may, rolesThatMay, traitsOf, type Capability } from './roles.js';
import { actsFor } from './reach.js';
import { visibilityOf } from './visibility.js';

const CAPABILITY_NAMES = Object.keys(CAPABILITIES) as Capability[];

describe('roles', () => {
  it('can do what the table says and nothing else; the operator can do everything', () => {
    for (const capability of CAPABILITY_NAMES) {
      expect(ACCESS_ROLES.filter((role) => may(role, capability)).sort()).toEqual([...rolesThatMay(capability)].sort());
      expect(may('operator', capability)).toBe(true);
    }
  });

  it('each can do something, and each capability is somebody’s', () => {
    for (const role of ACCESS_ROLES) expect(CAPABILITY_NAMES.some((capability) => may(role, capability))).toBe(true);
    for (const capability of CAPABILITY_NAMES) expect(rolesThatMay(capability).length).toBeGreaterThan(0);
  });

  it('that record or read custody are not those that keep the registry', () => {
    expect(may('administrator', 'record-custody')).toBe(false);
    expect(may('administrator', 'read-custody')).toBe(false);
    expect(may('custodian', 'register-organisations')).toBe(false);
  });

  it.each(ACCESS_ROLES)('%s: sees and acts as the table says', (role) => {
    expect(visibilityOf({ principal: 'p', role, organisation: 'own' }).sees).toBe(traitsOf(role).sees);
    expect(actsFor({ principal: 'p', role, organisation: 'own' }, 'own')).toBe(true);
    expect(actsFor({ principal: 'p', role, organisation: 'own' }, 'other')).toBe(may(role, 'act-for-any-organisation'));
    expect(isRole(role)).toBe(true);
  });

  it('are told with all they can do in docs/access.md', () => {
    const told = readFileSync(`${import.meta.dirname}/../../../docs/access.md`, 'utf8');
    const rows = CAPABILITY_NAMES.map((capability) => {
      const marks = ACCESS_ROLES.map((role) => (may(role, capability) ? 'yes' : ''));
      return [`\`${capability}\``, ...marks];
    });
    const cells = [...told.matchAll(/^\| (`[a-z-]+`) +\|(.*)\|$/gm)].map(([, name, rest]) => [
      name!,
      ...rest!.split('|').map((cell) => cell.trim()),
    ]);
    expect(cells.filter(([name]) => CAPABILITY_NAMES.some((one) => `\`${one}\`` === name))).toEqual(rows);
  });
});
