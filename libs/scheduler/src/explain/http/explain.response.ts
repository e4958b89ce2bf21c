import { ApiProperty } from '@nestjs/swagger';
import { ID, INSTANT } from '@app/platform/http';
import { type Explanation, type StartDelays, type Verdict, VERDICTS } from '../domain/explanation.js';
import type { ScheduleExplanation } from '../schedule-explainer.js';

const DURATION = { type: 'integer', example: 40 } as const;

class StartDelaysResponse implements StartDelays {
  @ApiProperty(DURATION)
  jitterMs!: number;

  @ApiProperty({ ...DURATION, description: 'Due, and not fired yet.' })
  firingMs!: number;

  @ApiProperty({ ...DURATION, description: 'Until the previous run of the schedule had ended.' })
  overlapMs!: number;

  @ApiProperty({
    ...DURATION,
    description:
      "Until there was room within the job's `maxConcurrency` or its service's `maxConcurrentRuns`, dispatch included.",
  })
  concurrencyMs!: number;

  @ApiProperty({ ...DURATION, description: 'From being ready to run to being in the queue.' })
  dispatchMs!: number;

  @ApiProperty({ ...DURATION, description: 'In the queue, until a worker was free.' })
  queueMs!: number;
}

class ExplainedInstantResponse {
  @ApiProperty(INSTANT)
  scheduledFor!: string;

  @ApiProperty({ enum: VERDICTS })
  verdict!: Verdict;

  @ApiProperty({ type: String, nullable: true, example: 'overlap' })
  reason!: string | null;

  @ApiProperty({ ...ID, nullable: true, description: 'The run, or the record of why there is none.' })
  executionId!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'succeeded', description: 'Of the execution.' })
  state!: string | null;

  @ApiProperty({ ...DURATION, nullable: true, description: 'From the instant to the first start.' })
  startDelayMs!: number | null;

  @ApiProperty({ type: StartDelaysResponse, nullable: true, description: 'The parts of `startDelayMs`.' })
  delays!: StartDelaysResponse | null;

  @ApiProperty({ example: 'skipped: calendar "holidays-de" excludes it' })
  message!: string;
}

export class ExplainResponse {
  @ApiProperty(ID)
  scheduleId!: string;

  @ApiProperty(INSTANT)
  from!: string;

  @ApiProperty(INSTANT)
  to!: string;

  @ApiProperty({
    description: 'The window has more instants, later than these: ask again from the last one.',
  })
  truncated!: boolean;

  @ApiProperty({ type: [ExplainedInstantResponse], description: 'Oldest first.' })
  instants!: ExplainedInstantResponse[];
}

/** The white list of what leaves the service. */
export function toExplainResponse({
  scheduleId,
  from,
  to,
  instants,
  truncated,
}: ScheduleExplanation): ExplainResponse {
  return {
    scheduleId,
    from: from.toISOString(),
    to: to.toISOString(),
    truncated,
    instants: instants.map(toInstantResponse),
  };
}

function toInstantResponse(explanation: Explanation): ExplainedInstantResponse {
  return {
    scheduledFor: new Date(explanation.scheduledFor).toISOString(),
    verdict: explanation.verdict,
    reason: explanation.reason,
    executionId: explanation.executionId,
    state: explanation.state,
    startDelayMs: explanation.startDelayMs,
    delays: explanation.delays,
    message: explanation.message,
  };
}
