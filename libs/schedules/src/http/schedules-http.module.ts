import { Module } from '@nestjs/common';
import { JobsModule } from '@app/jobs';
import { CalendarsHttpModule } from '../calendars/http/calendars-http.module.js';
import { SchedulesModule } from '../schedules.module.js';
import { JobSchedulesController } from './job-schedules.controller.js';
import { SchedulePausesController } from './schedule-pauses.controller.js';
import { SchedulePreviewsController } from './schedule-previews.controller.js';
import { SchedulesController } from './schedules.controller.js';

@Module({
  imports: [JobsModule, SchedulesModule, CalendarsHttpModule],
  controllers: [
    JobSchedulesController,
    SchedulePreviewsController,
    SchedulesController,
    SchedulePausesController,
  ],
})
export class SchedulesHttpModule {}
