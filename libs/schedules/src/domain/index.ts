export { compileRecurrence, jitterMs, type Recurrence } from './recurrence.js';
export { previewFireTimes, type FireTime } from './recurrence-preview.js';
export { describeSchedule } from './schedule-description.js';
export { ScheduleSpecError } from './schedule-spec-error.js';
export { shortestGapSeconds } from './shortest-gap.js';
export { isTimeZone, type ScheduleSpec } from './schedule-spec.js';
export { scheduleWarnings, type ScheduleWarning } from './schedule-warnings.js';
