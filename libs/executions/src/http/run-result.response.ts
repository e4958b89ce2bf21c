import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { RunError, RunResult } from '@app/targets';

export class RunResultResponse implements RunResult {
  @ApiPropertyOptional({ type: 'integer', example: 200, description: 'Of an HTTP target.' })
  statusCode?: number;

  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    description: 'Of a command; null when a signal ended it.',
  })
  exitCode?: number | null;

  @ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'string' } })
  headers?: Record<string, string>;

  @ApiProperty({ example: 'ok', description: 'At most 64 KB are kept.' })
  output!: string;

  @ApiProperty({ description: 'Whether there was more output than was kept.' })
  truncated!: boolean;
}

export class RunErrorResponse implements RunError {
  @ApiProperty({ example: 'timeout' })
  type!: string;

  @ApiProperty({ example: 'not finished within 10000 ms' })
  message!: string;
}
