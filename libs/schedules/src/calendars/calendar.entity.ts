import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Calendar, ExcludedWindow } from './domain/calendar.js';

@Entity('calendars')
export class CalendarEntity implements Calendar {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  service!: string;

  @Column('text')
  name!: string;

  @Column('text')
  timezone!: string;

  @Column('text', { name: 'excluded_dates', array: true })
  excludedDates!: string[];

  @Column('smallint', { name: 'excluded_weekdays', array: true })
  excludedWeekdays!: number[];

  @Column('jsonb', { name: 'excluded_windows' })
  excludedWindows!: ExcludedWindow[];

  @Column('integer')
  version!: number;

  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt!: Date;

  @Column('timestamp with time zone', { name: 'updated_at', precision: 3 })
  updatedAt!: Date;
}
