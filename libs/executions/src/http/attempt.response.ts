import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { INSTANT } from '@app/platform/http';
import type { RunError } from '@app/targets';
import type { Attempt } from '../domain/execution.js';
import { RunErrorResponse } from './run-result.response.js';

const OUTCOMES: readonly Attempt['outcome'][] = [
  'succeeded',
  'failed',
  'timed_out',
  'cancelled',
  'released',
  'lost',
  'discarded',
];

export class AttemptResponse {
  @ApiProperty({ type: 'integer', example: 1 })
  attempt!: number;

  @ApiProperty(INSTANT)
  startedAt!: string;

  @ApiProperty({ format: 'date-time', example: '2026-01-31T12:00:01.250Z' })
  finishedAt!: string;

  @ApiProperty({
    enum: OUTCOMES,
    description:
      '`released`: given back by a worker that shut down, not started at all (error `circuit_open`, `runner_away` or ' +
      '`lookups_busy`), or interrupted because its command runner was lost (`runner_lost`). `lost`: its worker died. ' +
      'Neither counts against `maxAttempts`. `discarded`: the result came after the run had been given to another worker.',
  })
  outcome!: Attempt['outcome'];

  @ApiPropertyOptional({ type: 'integer', example: 503 })
  statusCode?: number;

  @ApiPropertyOptional({ type: 'integer', nullable: true })
  exitCode?: number | null;

  @ApiProperty({ type: RunErrorResponse, nullable: true })
  error!: RunError | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The session of the worker.' })
  workerId!: string | null;
}

/** Times that the database wrote into a record may lack trailing zeros; those that leave the service have milliseconds. */
export function toAttemptResponse(attempt: Attempt): AttemptResponse {
  const { statusCode, exitCode } = attempt;
  return {
    attempt: attempt.attempt,
    startedAt: new Date(attempt.startedAt).toISOString(),
    finishedAt: new Date(attempt.finishedAt).toISOString(),
    outcome: attempt.outcome,
    ...(statusCode !== undefined && { statusCode }),
    ...(exitCode !== undefined && { exitCode }),
    error: attempt.error,
    workerId: attempt.workerId,
  };
}
