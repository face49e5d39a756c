import { ACCESS_ROLES, type Role } from '#access';
import { OneOf, Text } from './fields.js';

export class IssueApiKeyDto {
  @Text({ description: 'What its holder calls it', example: 'Weighbridge' }) label!: string;
  @OneOf(ACCESS_ROLES, { description: 'Must fit what the organisation is' }) role!: Role;
}
