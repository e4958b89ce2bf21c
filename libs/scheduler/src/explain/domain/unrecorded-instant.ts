import type { Circumstances, Explanation } from './explanation.js';
import { instantText } from './wording.js';

type Judgement = Pick<Explanation, 'verdict' | 'reason' | 'message'>;

/** An instant that no record explains: to come, due this moment, or one at which the schedule was off the clock. */
export function explainUnrecorded(instant: number, circumstances: Circumstances): Explanation {
  return {
    scheduledFor: instant,
    executionId: null,
    state: null,
    startDelayMs: null,
    delays: null,
    ...judge(instant, circumstances),
  };
}

function judge(instant: number, circumstances: Circumstances): Judgement {
  const { schedule } = circumstances;
  if (instant <= schedule.createdAt.getTime()) {
    const message = `the schedule was created at ${instantText(schedule.createdAt)}, and fires later than that`;
    return { verdict: 'not_scheduled', reason: 'created_later', message };
  }
  if (schedule.nextRunAt !== null && instant >= schedule.nextRunAt.getTime()) {
    return onTheClock(instant, circumstances);
  }
  return offTheClock(instant, circumstances) ?? unknown(instant, circumstances);
}

function onTheClock(instant: number, { now, calendarAt }: Circumstances): Judgement {
  if (instant <= now) {
    const message = `due since ${instantText(instant)}, and no scheduler has fired it yet: is a worker running?`;
    return { verdict: 'waiting', reason: 'firing', message };
  }
  const calendar = calendarAt(instant);
  if (calendar === null) return { verdict: 'upcoming', reason: null, message: 'to come' };
  const message = `will be skipped: calendar ${JSON.stringify(calendar)} excludes it`;
  return { verdict: 'skipped', reason: 'calendar', message };
}

/** Why the schedule has no next instant, if that was so at this one already. */
function offTheClock(instant: number, { schedule, job }: Circumstances): Judgement | null {
  const { active, pausedAt, pauseReason, nextRunAt, lastRunAt, createdAt } = schedule;
  if (nextRunAt !== null) return null;
  const offSince = pausedAt ?? lastRunAt ?? createdAt;
  if (instant <= offSince.getTime()) return null;
  if (!active && pausedAt !== null) {
    // Not since when: pausing what is behind puts it earlier, and other timing during the pause later.
    const message = `the schedule is paused, and what is due after ${instantText(pausedAt)} is left to its resume: ${pauseReason ?? 'paused'}`;
    return { verdict: 'not_scheduled', reason: 'paused', message };
  }
  if (!active) return ended(schedule);
  if (job.active) return null;
  return { verdict: 'not_scheduled', reason: 'job_inactive', message: 'its job is inactive' };
}

/** Only by `maxRuns` does a schedule end before the last of its instants; of another one the record is gone, or never was. */
function ended({ pauseReason }: Circumstances['schedule']): Judgement | null {
  if (pauseReason !== 'max_runs_reached') return null;
  return { verdict: 'not_scheduled', reason: pauseReason, message: `the schedule has ended: ${pauseReason}` };
}

/** The past of a schedule is not kept, only that of its instants: say what could have been. */
function unknown(instant: number, { schedule, job, keptSince }: Circumstances): Judgement {
  if (instant < schedule.updatedAt.getTime()) {
    const changedAt = instantText(schedule.updatedAt);
    const message = `no record: the schedule was changed at ${changedAt}, and may not have had this instant before`;
    return { verdict: 'not_recorded', reason: 'changed_later', message };
  }
  if (instant < keptSince) {
    const message = 'no record: its job was inactive then, or the record is past its retention';
    return { verdict: 'not_recorded', reason: 'no_record', message };
  }
  if (!job.active || job.updatedAt === null || instant <= job.updatedAt.getTime()) {
    return {
      verdict: 'not_recorded',
      reason: 'job_inactive',
      message: 'no record: its job was inactive then',
    };
  }
  const message = `no record, and no cause is known: its job has been active since ${instantText(job.updatedAt)}`;
  return { verdict: 'not_recorded', reason: 'no_record', message };
}
