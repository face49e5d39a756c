import { ApiProperty } from '@nestjs/swagger';

class NewsItemSchema {
  @ApiProperty({ type: 'integer' }) logIndex!: number;
  @ApiProperty({ description: 'Or its pseudonym' }) eventId!: string;
  @ApiProperty({ example: 'BatchesDispatched' }) type!: string;
  @ApiProperty({ type: [String], description: 'That it touches and you see, 20 at most' }) batchIds!: string[];
}
export class NewsSchema {
  @ApiProperty({ type: [NewsItemSchema], description: 'In the order of the log, 200 at most' })
  items!: NewsItemSchema[];
  @ApiProperty({ type: 'integer', description: 'The next `after`; −1 for an empty log' }) upTo!: number;
}
