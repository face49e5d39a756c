import { applyDecorators, SetMetadata, type CustomDecorator } from '@nestjs/common';
import { ApiExtension, ApiResponse, ApiSecurity } from '@nestjs/swagger';
import { may, needsNoKey, rolesThatMay, type Capability, type Principal } from '#access';
import { Problem, PROBLEM_CONTENT } from '../problem/problem.js';

export const POLICY = 'lodebook:policy';
/** Extension of an OpenAPI operation: the roles whose keys it takes. */
const ROLES_EXTENSION = 'x-roles';

/** What a route needs its caller to be able to do. Every route states it; one that does not stops the start. */
export type Policy = 'public' | Capability;

const policy = (value: Policy): CustomDecorator => SetMetadata(POLICY, value);

/** Answers without a key, and is documented as such: health, checkpoints, proofs. */
export const PublicRoute = (): MethodDecorator & ClassDecorator => applyDecorators(policy('public'), ApiSecurity({}));

/**
 * Open to keys and tokens of the roles with this capability, to the operator, and, if it needs no key, to everybody.
 * What part of the ledger a caller sees is decided elsewhere.
 */
export const Allow = (capability: Capability): MethodDecorator & ClassDecorator =>
  needsNoKey(capability)
    ? applyDecorators(policy(capability), ApiSecurity({}), ApiSecurity('key'))
    : withKey(capability);

const withKey = (capability: Capability): MethodDecorator & ClassDecorator =>
  applyDecorators(
    policy(capability),
    ApiExtension(ROLES_EXTENSION, [...rolesThatMay(capability)]),
    ApiResponse({ status: 403, description: 'Not for this role', content: PROBLEM_CONTENT }),
  );

/** @throws Problem `forbidden` when the principal's role may not do this at all */
export function requireCapability({ role }: Principal, capability: Capability): void {
  if (may(role, capability)) return;
  throw new Problem('forbidden', `This is not for the role ${role}, but for ${rolesThatMay(capability).join(', ')}.`);
}
