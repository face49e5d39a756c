/** The shapes of what is answered about keys, for the OpenAPI document. */
import { ApiProperty } from '@nestjs/swagger';
import { ACCESS_ROLES } from '#access';

const moment = { type: 'string', format: 'date-time' } as const;

export class IssuedKeySchema {
  @ApiProperty({ format: 'uuid' }) keyId!: string;
  @ApiProperty({
    required: false,
    description:
      'The key itself. Shown this once: the ledger keeps only its hash, and a repetition is answered without',
  })
  key?: string;
}

class ShownKeySchema {
  @ApiProperty({ format: 'uuid' }) keyId!: string;
  @ApiProperty() label!: string;
  @ApiProperty({ enum: [...ACCESS_ROLES] }) role!: string;
  @ApiProperty(moment) issuedAt!: string;
  @ApiProperty({ ...moment, required: false, description: 'Since then it is not taken' }) revokedAt?: string;
  @ApiProperty({ ...moment, required: false, description: 'As this server saw it' }) lastUsedAt?: string;
}

export class ApiKeyPageSchema {
  @ApiProperty({ type: [ShownKeySchema] }) items!: ShownKeySchema[];
  @ApiProperty({ type: 'string', nullable: true }) next!: string | null;
}
