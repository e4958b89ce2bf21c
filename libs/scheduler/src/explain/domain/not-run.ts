import { scheduledForOf } from '@app/executions';
import type { Schedule, SkipReason } from '@app/schedules';
import type { ExecutionRecord } from './explanation.js';
import { rangeOf } from './record-range.js';
import { instantText } from './wording.js';

/** "skipped: the run of 2026-06-01T10:00:00Z, execution 01a…, had not ended when this instant was looked at" */
export function notRunMessage(record: ExecutionRecord, schedule: Schedule): string {
  return `${record.state}${amongOthers(record)}: ${explainReason(record, schedule)}`;
}

function amongOthers(record: ExecutionRecord): string {
  const range = rangeOf(record);
  if (range === null || range.count === 1) return '';
  return `, one of ${range.count} instants from ${instantText(range.from)} to ${instantText(range.to)}`;
}

/** Policies are told as they are now: history does not keep what they were. */
function explainReason({ state, reason, reasonDetail }: ExecutionRecord, schedule: Schedule): string {
  switch (reason as SkipReason) {
    case 'misfire':
      return `nothing fired it within ${schedule.misfireGraceSeconds} s, and misfirePolicy is ${schedule.misfirePolicy}`;
    case 'catchup_window':
      return `it was older than catchupWindowSeconds (${schedule.catchupWindowSeconds}) when its turn came`;
    case 'catchup_cap':
      return `more than maxCatchup (${schedule.maxCatchup}) had been missed, and newer ones came first`;
    case 'paused':
      return state === 'missed'
        ? 'the schedule was paused, and whoever resumed it asked for the last one only'
        : 'the schedule was paused, and whoever resumed it asked for no catch-up';
    case 'job_inactive':
      return 'the job was inactive';
    case 'job_deleted':
      return 'its job was deleted before it was fired';
    case 'schedule_deleted':
      return 'the schedule was deleted before it was fired';
    case 'schedule_changed':
      return 'the schedule was changed before it was fired, and starts anew from then';
    case 'calendar':
      return `calendar ${JSON.stringify(reasonDetail?.['calendar'])} excludes it`;
    case 'quota':
      return `its service had started the ${String(reasonDetail?.['maxRunsPerMinute'])} runs that its maxRunsPerMinute allows in a minute`;
    case 'overlap':
      return explainOverlap(reasonDetail?.['blockingExecutionId']);
    default:
      return reason ?? 'no reason was recorded';
  }
}

/** Not that it was running: of late instants that are looked at together, the first has only just become a run. */
function explainOverlap(blockingExecutionId: unknown): string {
  const notEnded = 'had not ended when this instant was looked at';
  if (typeof blockingExecutionId !== 'string') return `an earlier run ${notEnded}`;
  const scheduledFor = instantText(scheduledForOf(blockingExecutionId));
  return `the run of ${scheduledFor}, execution ${blockingExecutionId}, ${notEnded}`;
}
