import { ApiProperty } from '@nestjs/swagger';
import { ID, INSTANT, INSTANT_OR_NULL } from '@app/platform/http';
import type { RunError, RunResult } from '@app/targets';
import { EXECUTION_STATES, type ExecutionState } from '../domain/execution-state.js';
import { type Execution, type Hold, type Trigger, TRIGGERS } from '../domain/execution.js';
import { type ExecutionSummary, LISTED_OUTPUT_CHARACTERS } from '../history/history.sql.js';
import { traceIdOf } from '../run-trace.js';
import { AttemptResponse, toAttemptResponse } from './attempt.response.js';
import { CancellationResponse, toCancellationResponse } from './cancellation.response.js';
import { RunErrorResponse, RunResultResponse } from './run-result.response.js';

/** An execution as lists show it. */
export class ExecutionSummaryResponse {
  @ApiProperty(ID)
  id!: string;

  @ApiProperty(ID)
  jobId!: string;

  @ApiProperty({ type: 'integer', example: 1, description: 'Version of the job at the latest attempt.' })
  jobVersion!: number;

  @ApiProperty({ ...ID, nullable: true })
  scheduleId!: string | null;

  @ApiProperty({ enum: TRIGGERS })
  trigger!: Trigger;

  @ApiProperty({ enum: EXECUTION_STATES })
  state!: ExecutionState;

  @ApiProperty({ type: String, nullable: true, description: 'Why it was skipped, missed or cancelled.' })
  reason!: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  reasonDetail!: Readonly<Record<string, unknown>> | null;

  @ApiProperty({
    enum: ['concurrency', 'overlap'],
    nullable: true,
    description:
      'What a due execution waits for: room within `maxConcurrency` of its job or `maxConcurrentRuns` of its service, or the previous run of its schedule.',
  })
  hold!: Hold | null;

  @ApiProperty({ ...INSTANT, description: 'The nominal instant.' })
  scheduledFor!: string;

  @ApiProperty(INSTANT)
  createdAt!: string;

  @ApiProperty({ ...INSTANT_OR_NULL, description: 'When it was last handed to the queue.' })
  queuedAt!: string | null;

  @ApiProperty({ ...INSTANT_OR_NULL, description: 'When the first attempt started.' })
  startedAt!: string | null;

  @ApiProperty({ ...INSTANT_OR_NULL, description: 'Set exactly when the state is final.' })
  finishedAt!: string | null;

  @ApiProperty({ ...INSTANT_OR_NULL, description: 'A running execution ends soon after.' })
  cancelRequestedAt!: string | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 1_250,
    description: '`finishedAt` − `startedAt`, the waits between attempts included.',
  })
  durationMs!: number | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 40,
    description: '`startedAt` − `scheduledFor`.',
  })
  startDelayMs!: number | null;

  @ApiProperty({ type: 'integer', example: 1, description: 'Tries so far.' })
  attempt!: number;

  @ApiProperty({ type: 'integer', example: 3 })
  maxAttempts!: number;

  @ApiProperty({ type: 'object', additionalProperties: true })
  parameters!: Readonly<Record<string, unknown>>;

  @ApiProperty({
    type: RunResultResponse,
    nullable: true,
    description: `Of the last attempt that has ended. Lists cut \`output\` to ${LISTED_OUTPUT_CHARACTERS} characters and then say \`truncated\`.`,
  })
  result!: RunResult | null;

  @ApiProperty({
    type: RunErrorResponse,
    nullable: true,
    description:
      'Of the last attempt that has ended, also while the next one waits or runs; null after a success.',
  })
  error!: RunError | null;

  @ApiProperty({ ...ID, nullable: true, description: 'The execution that this one repeats.' })
  retryOf!: string | null;
}

/** An execution on its own, with every try at it. */
export class ExecutionResponse extends ExecutionSummaryResponse {
  @ApiProperty({ type: [AttemptResponse], description: 'Attempts that have ended, oldest first.' })
  attempts!: AttemptResponse[];

  @ApiProperty({
    type: CancellationResponse,
    nullable: true,
    description: 'Null unless somebody asked for it.',
  })
  cancellation!: CancellationResponse | null;

  @ApiProperty({
    type: String,
    example: '01981b5e7c00700080000123456789ab',
    description: 'W3C trace id: that of the caller, or derived from the id of the execution.',
  })
  traceId!: string;
}

/** The white list of what leaves the service. */
export function toExecutionSummaryResponse(execution: ExecutionSummary): ExecutionSummaryResponse {
  const { scheduledFor, startedAt, finishedAt } = execution;
  return {
    id: execution.id,
    jobId: execution.jobId,
    jobVersion: execution.jobVersion,
    scheduleId: execution.scheduleId,
    trigger: execution.trigger,
    state: execution.state,
    reason: execution.reason,
    reasonDetail: execution.reasonDetail,
    hold: execution.hold,
    scheduledFor: scheduledFor.toISOString(),
    createdAt: execution.createdAt.toISOString(),
    queuedAt: execution.queuedAt?.toISOString() ?? null,
    startedAt: startedAt?.toISOString() ?? null,
    finishedAt: finishedAt?.toISOString() ?? null,
    cancelRequestedAt: execution.cancelRequestedAt?.toISOString() ?? null,
    durationMs: elapsedMs(startedAt, finishedAt),
    startDelayMs: elapsedMs(scheduledFor, startedAt),
    attempt: execution.attempt,
    maxAttempts: execution.maxAttempts,
    parameters: execution.parameters,
    result: execution.result,
    error: execution.error,
    retryOf: execution.retryOf,
  };
}

export function toExecutionResponse(execution: Execution): ExecutionResponse {
  return {
    ...toExecutionSummaryResponse(execution),
    attempts: execution.attempts.map(toAttemptResponse),
    cancellation: toCancellationResponse(execution),
    traceId: traceIdOf(execution),
  };
}

/** Never negative: the instants may come from two machines' clocks. */
function elapsedMs(from: Date | null, to: Date | null): number | null {
  return from && to && Math.max(to.getTime() - from.getTime(), 0);
}
