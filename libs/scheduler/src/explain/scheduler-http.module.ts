import { Module } from '@nestjs/common';
import { ExecutionsModule } from '@app/executions';
import { JobsModule } from '@app/jobs';
import { SchedulesModule } from '@app/schedules';
import { BacklogMetrics } from '../backlog/backlog-metrics.js';
import { BacklogRepository } from '../backlog/backlog.repository.js';
import { ExplainController } from './http/explain.controller.js';
import { ScheduleExplainer } from './schedule-explainer.js';
import { StatusController } from '../status/http/status.controller.js';
import { StatusReader } from '../status/status-reader.js';
import { SlotRecordsRepository } from './slot-records.repository.js';

/** What the api app has of the scheduler: it explains, measures what is owed and tells its status, and fires nothing. */
@Module({
  imports: [ExecutionsModule, JobsModule, SchedulesModule],
  controllers: [ExplainController, StatusController],
  providers: [ScheduleExplainer, SlotRecordsRepository, BacklogRepository, BacklogMetrics, StatusReader],
})
export class SchedulerHttpModule {}
