import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { JobsModule } from '@app/jobs';
import { CalendarsModule } from './calendars/calendars.module.js';
import { JobFollower } from './job-follower.js';
import { RecurrenceCache } from './recurrence-cache.js';
import { ScheduleEntity } from './schedule.entity.js';
import { ScheduleLeftovers } from './schedule-leftovers.js';
import { SchedulePauses } from './schedule-pauses.js';
import { SchedulePreviews } from './schedule-previews.js';
import { SchedulesRepository } from './schedules.repository.js';
import { SchedulesService } from './schedules.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([ScheduleEntity]), JobsModule, CalendarsModule],
  providers: [
    SchedulesRepository,
    SchedulesService,
    ScheduleLeftovers,
    SchedulePauses,
    SchedulePreviews,
    RecurrenceCache,
    JobFollower,
  ],
  exports: [
    SchedulesRepository,
    SchedulesService,
    ScheduleLeftovers,
    SchedulePauses,
    SchedulePreviews,
    RecurrenceCache,
    CalendarsModule,
  ],
})
export class SchedulesModule {}
