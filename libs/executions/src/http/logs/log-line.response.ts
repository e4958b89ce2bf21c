import { ApiProperty } from '@nestjs/swagger';
import type { StoredLogLine } from '../../logs.repository.js';

export class LogLineResponse {
  @ApiProperty({ type: 'integer', example: 1_000_000, description: 'Orders the lines; has gaps.' })
  seq!: number;

  @ApiProperty({ type: 'integer', example: 1 })
  attempt!: number;

  @ApiProperty({ enum: ['stdout', 'stderr', 'system'] })
  stream!: StoredLogLine['stream'];

  @ApiProperty({ format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  at!: string;

  @ApiProperty({
    example: 'hello\n',
    description: 'As it was written; may hold several lines, or part of one.',
  })
  text!: string;
}

export function toLogLineResponse({ seq, attempt, stream, at, text }: StoredLogLine): LogLineResponse {
  return { seq, attempt, stream, at: at.toISOString(), text };
}
