import type { Circumstances, ExecutionRecord, StartDelays } from './explanation.js';

/**
 * Where the time went between an instant and the start of its run; null before the start.
 *
 * A hand-over is remembered once, the latest: after a second attempt the wait for the first cannot be told apart from
 * its dispatch any more, and all of it counts as `queueMs`.
 * @param previousEndedAt when the last of the schedule's earlier runs ended, epoch ms
 */
export function startDelaysOf(
  record: ExecutionRecord,
  { schedule, job, service, jitterMs }: Circumstances,
  previousEndedAt: number | null,
): StartDelays | null {
  if (record.startedAt === null) return null;
  const started = record.startedAt.getTime();
  const scheduled = Math.min(record.scheduledFor.getTime(), started);
  const queued = queuedBefore(started, record.queuedAt);
  const dueAt = record.attempt > 1 ? scheduled + jitterMs : record.dueAt.getTime();
  const due = clamp(dueAt, scheduled, queued ?? started);
  const fired = clamp(record.createdAt.getTime(), due, queued ?? started);
  const mayWait = schedule.overlapPolicy !== 'allow' && previousEndedAt !== null;
  const free = mayWait ? clamp(previousEndedAt, fired, queued ?? started) : fired;
  const isLimited = job.maxConcurrency !== null || service.maxConcurrentRuns !== null;
  const handOverMs = (queued ?? free) - free;
  return {
    jitterMs: due - scheduled,
    firingMs: fired - due,
    overlapMs: free - fired,
    concurrencyMs: isLimited ? handOverMs : 0,
    dispatchMs: isLimited ? 0 : handOverMs,
    queueMs: started - (queued ?? free),
  };
}

/** null when the hand-over that is remembered is a later attempt's. */
function queuedBefore(started: number, queuedAt: Date | null): number | null {
  return queuedAt !== null && queuedAt.getTime() <= started ? queuedAt.getTime() : null;
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high));
}
