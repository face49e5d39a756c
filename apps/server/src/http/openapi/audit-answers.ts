/** The shapes of the audit's answers, for the OpenAPI document. */
import { ApiProperty } from '@nestjs/swagger';

const hash = { type: 'string', description: 'SHA-256, 64 hexadecimal digits', pattern: '^[0-9a-f]{64}$' } as const;
const count = { type: 'integer', minimum: 0 } as const;

export class InclusionSchema {
  @ApiProperty({ ...count, description: '0-based log index' }) leafIndex!: number;
  @ApiProperty({ ...count, description: 'Leaves of the tree that the proof is for' }) treeSize!: number;
  @ApiProperty(hash) leafHash!: string;
  @ApiProperty({ type: 'array', items: hash, description: 'Sibling hashes, from the leaf upwards' }) proof!: string[];
  @ApiProperty({ ...hash, description: 'Root of that tree: compare it with a signed one' }) root!: string;
}

export class ConsistencySchema {
  @ApiProperty(count) size1!: number;
  @ApiProperty(count) size2!: number;
  @ApiProperty(hash) root1!: string;
  @ApiProperty(hash) root2!: string;
  @ApiProperty({ type: 'array', items: hash }) proof!: string[];
}

export class RotationSchema {
  @ApiProperty({ description: 'Verifier key that signs from now on' }) key!: string;
  @ApiProperty({ ...count, description: 'Size of the log from which on it signs' }) from!: number;
}
