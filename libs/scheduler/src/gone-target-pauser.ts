import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { type Claim, RunEvents } from '@app/executions';
import { SchedulePauses } from '@app/schedules';

const REASON = 'the target answered 410 Gone';

/** A target that says it will never be back is not called again. */
@Injectable()
export class GoneTargetPauser implements OnModuleInit {
  private readonly logger = new Logger(GoneTargetPauser.name);

  constructor(
    private readonly events: RunEvents,
    private readonly pauses: SchedulePauses,
  ) {}

  onModuleInit(): void {
    this.events.onTargetGone((claim) => this.pauseSchedule(claim));
  }

  private async pauseSchedule({ service, scheduleId }: Claim): Promise<void> {
    if (!scheduleId) return;
    try {
      await this.pauses.pause(service, scheduleId, REASON);
    } catch (error) {
      // Deleted meanwhile, or the database is away: the next firing is answered with 410 again.
      this.logger.warn(`schedule ${scheduleId} could not be paused: ${(error as Error).message}`);
    }
  }
}
