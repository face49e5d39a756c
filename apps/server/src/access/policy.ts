import { applyDecorators, SetMetadata, type CustomDecorator } from '@nestjs/common';
import { ApiExtension, ApiResponse, ApiSecurity } from '@nestjs/swagger';
import { ACCESS_ROLES, type Principal, type Role } from '#access';
import { Problem } from '../problem/problem.js';

export const POLICY = 'lodebook:policy';
/** Extension of an OpenAPI operation: the roles whose keys it takes. */
export const ROLES_EXTENSION = 'x-roles';

/** Who may use a route. Every route states it; one that does not stops the start. */
export type Policy = 'public' | readonly Role[];

const policy = (value: Policy): CustomDecorator => SetMetadata(POLICY, value);
const PROBLEM = { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemAnswer' } } };

/** Answers without a key, and is documented so: health, checkpoints and proofs. */
export const PublicRoute = (): MethodDecorator & ClassDecorator => applyDecorators(policy('public'), ApiSecurity({}));

/** Answers keys and tokens of these roles, and the operator. What of the ledger exists for them is not said here. */
export const Allow = (...roles: readonly Role[]): MethodDecorator & ClassDecorator =>
  applyDecorators(
    policy(roles),
    ApiExtension(ROLES_EXTENSION, [...roles]),
    ApiResponse({ status: 403, description: 'Not for this role', content: PROBLEM }),
  );

/** Answers whoever has a key of any role. */
export const AllowEveryRole = (): MethodDecorator & ClassDecorator => Allow(...ACCESS_ROLES);

/** @throws Problem `forbidden` when this is nothing for the principal's role, whatever it is about */
export function requireRole({ role }: Principal, allowed: Exclude<Policy, 'public'>): void {
  if (role === 'operator' || allowed.includes(role)) return;
  throw new Problem('forbidden', `This is not for the role ${role}, but for ${allowed.join(', ') || 'none'}.`);
}
