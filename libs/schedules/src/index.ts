export { CalendarExclusions, type ExclusionOf } from './calendars/calendar-exclusions.js';
export { compileRecurrence, jitterMs, type Recurrence, type ScheduleSpec } from './domain/index.js';
export type { FinishReason } from './domain/finish-reason.js';
export { type FiringContext, type FiringPlan, planFirings } from './domain/firing-plan.js';
export type { UnfinishedRuns } from './domain/overlap.js';
export type { PlannedFiring, SkipReason } from './domain/planned-firing.js';
export type {
  Catchup,
  DstGap,
  DstOverlap,
  MisfirePolicy,
  OverlapPolicy,
  Schedule,
  ScheduleType,
} from './domain/schedule.js';
export type { ScheduleDefinition } from './schedule-definition.js';
export { scheduleSpecOf } from './domain/schedule-timing.js';
export type { DueJob, DueSchedule } from './due-schedule.js';
export { RecurrenceCache } from './recurrence-cache.js';
export { ScheduleEntity } from './schedule.entity.js';
export { SchedulePauses } from './schedule-pauses.js';
export { type SchedulePreview, SchedulePreviews } from './schedule-previews.js';
export { SchedulesModule } from './schedules.module.js';
export {
  type ScheduleAdvance,
  type ScheduleFilter,
  SchedulesRepository,
  type ScheduleWindow,
} from './schedules.repository.js';
export { SchedulesService } from './schedules.service.js';
export { IsInstant } from './http/rules/instant-rules.js';
export { SchedulesHttpModule } from './http/schedules-http.module.js';
