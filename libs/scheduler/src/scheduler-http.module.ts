import { Module } from '@nestjs/common';
import { ExecutionsModule } from '@app/executions';
import { JobsModule } from '@app/jobs';
import { SchedulesModule } from '@app/schedules';
import { BacklogMetrics } from './backlog/backlog-metrics.js';
import { BacklogRepository } from './backlog/backlog.repository.js';
import { ExplainController } from './explain/http/explain.controller.js';
import { ScheduleExplainer } from './explain/schedule-explainer.js';
import { InstantRecordsRepository } from './explain/instant-records.repository.js';
import { LeftoverRecorder } from './leftover-recorder.js';
import { StatusController } from './status/http/status.controller.js';
import { StatusReader } from './status/status-reader.js';
import { UsageController } from './usage/http/usage.controller.js';
import { UsageReader } from './usage/usage-reader.js';

/**
 * What the api app has of the scheduler: it explains, measures what is owed, tells its status and what services use, and
 * accounts for what a change takes off the clock.
 */
@Module({
  imports: [ExecutionsModule, JobsModule, SchedulesModule],
  controllers: [ExplainController, StatusController, UsageController],
  providers: [
    ScheduleExplainer,
    InstantRecordsRepository,
    BacklogRepository,
    BacklogMetrics,
    StatusReader,
    UsageReader,
    LeftoverRecorder,
  ],
})
export class SchedulerHttpModule {}
