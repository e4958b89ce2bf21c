import { ApiProperty } from '@nestjs/swagger';
import { INSTANT, INSTANT_OR_NULL } from '@app/platform/http';
import type { FiringPlan } from '../domain/firing-plan.js';
import type { PlannedFiring } from '../domain/planned-firing.js';
import type { Catchup } from '../domain/schedule.js';
import { CATCHUPS } from './pause.request.js';

class NotRunResponse {
  @ApiProperty({ enum: ['skipped', 'missed'] })
  state!: string;

  @ApiProperty({ type: String, nullable: true, example: 'paused' })
  reason!: string | null;

  @ApiProperty(INSTANT)
  from!: string;

  @ApiProperty(INSTANT)
  to!: string;

  @ApiProperty({ type: 'integer', example: 42 })
  count!: number;
}

export class ResumePlanResponse {
  @ApiProperty({ enum: [true] })
  dryRun!: true;

  @ApiProperty({ enum: CATCHUPS })
  catchup!: Catchup;

  @ApiProperty({
    type: 'integer',
    example: 1,
    description:
      'Runs that the resume would start at once, as far as `maxRunsPerMinute` has room in this minute. Does not consider unfinished runs of the schedule.',
  })
  wouldRun!: number;

  @ApiProperty({ type: [NotRunResponse], description: 'Instants of the pause that would not run.' })
  wouldNotRun!: NotRunResponse[];

  @ApiProperty({ ...INSTANT_OR_NULL, description: 'The next instant after the resume.' })
  nextRunAt!: string | null;
}

/** The white list of what leaves the service. */
export function toResumePlanResponse(catchup: Catchup, plan: FiringPlan): ResumePlanResponse {
  const isNotRun = ({ state }: PlannedFiring) => state !== 'pending';
  return {
    dryRun: true,
    catchup,
    wouldRun: plan.runs,
    wouldNotRun: plan.firings.filter(isNotRun).map(toNotRunResponse),
    nextRunAt: plan.nextRunAt === null || plan.offClock ? null : new Date(plan.nextRunAt).toISOString(),
  };
}

/** A record without a range is of one instant. */
function toNotRunResponse({ scheduledFor, state, reason, reasonDetail }: PlannedFiring): NotRunResponse {
  const to = new Date(scheduledFor).toISOString();
  const { from = to, count = 1 } = (reasonDetail ?? {}) as Partial<NotRunResponse>;
  return { state, reason, from, to, count };
}
