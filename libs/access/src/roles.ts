/** What a key is for; who may do what with it is in `docs/api.md`. */
export const ACCESS_ROLES = ['custodian', 'attestor', 'reader', 'regulator', 'administrator'] as const;
export type Role = (typeof ACCESS_ROLES)[number];

export function isRole(value: unknown): value is Role {
  return (ACCESS_ROLES as readonly unknown[]).includes(value);
}
