import { Module } from '@nestjs/common';
import { JobsModule } from '@app/jobs';
import { SchedulesModule } from '@app/schedules';
import { ExplainController } from './http/explain.controller.js';
import { ScheduleExplainer } from './schedule-explainer.js';
import { SlotRecordsRepository } from './slot-records.repository.js';

/** What the api app has of the scheduler: it explains, and fires nothing. */
@Module({
  imports: [JobsModule, SchedulesModule],
  controllers: [ExplainController],
  providers: [ScheduleExplainer, SlotRecordsRepository],
})
export class SchedulerHttpModule {}
