import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { INSTANT } from '@app/platform/http';
import { isTruncationNotice } from '../../domain/log-truncation.js';
import type { StoredLogLine } from '../../history/logs.repository.js';

export class LogLineResponse {
  @ApiProperty({ type: 'integer', example: 1_000_000, description: 'Orders the lines; has gaps.' })
  seq!: number;

  @ApiProperty({ type: 'integer', example: 1 })
  attempt!: number;

  @ApiProperty({ enum: ['stdout', 'stderr', 'system'] })
  stream!: StoredLogLine['stream'];

  @ApiProperty(INSTANT)
  at!: string;

  @ApiProperty({
    example: 'hello\n',
    description: 'As written by the target; may hold several lines, or part of one.',
  })
  text!: string;

  @ApiPropertyOptional({
    enum: [true],
    description: 'Only on the last line of an attempt that wrote more than is kept; its `text` says so.',
  })
  truncated?: true;
}

export function toLogLineResponse(line: StoredLogLine): LogLineResponse {
  const { seq, attempt, stream, at, text } = line;
  return {
    seq,
    attempt,
    stream,
    at: at.toISOString(),
    text,
    ...(isTruncationNotice(line) && { truncated: true }),
  };
}
