import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CalendarEntity } from './calendar.entity.js';
import { CalendarExclusions } from './calendar-exclusions.js';
import { CalendarImports } from './calendar-imports.js';
import { CalendarsRepository } from './calendars.repository.js';
import { CalendarsService } from './calendars.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([CalendarEntity])],
  providers: [CalendarsRepository, CalendarsService, CalendarExclusions, CalendarImports],
  exports: [CalendarsService, CalendarExclusions, CalendarImports],
})
export class CalendarsModule {}
